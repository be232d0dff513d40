import { expect, test } from 'vitest';

import { answersForeign } from './foreign-authority.ts';

function failing(code: string) {
  const cause = Object.assign(new Error('below'), { code });
  return { ready: () => Promise.reject(new Error('could not be reached', { cause })) };
}

test.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', true],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', true],
  ['CERT_NOT_YET_VALID', false],
  ['CERT_HAS_EXPIRED', false],
  ['ECONNREFUSED', false],
])('an error below with the code %s: of another authority %s', async (code, expected) => {
  expect(await answersForeign(failing(code))).toBe(expected);
});

test('an API that answers is trusted', async () => {
  expect(await answersForeign({ ready: () => Promise.resolve() })).toBe(false);
});
