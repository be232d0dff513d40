import { expect, test } from 'vitest';

import { nextTexts } from './text.ts';

test.each(['broken', 'settling', 'unknown'] as const)(
  'after a look at a stack that is %s it says what to type',
  (state) => {
    expect(nextTexts({ state }, 'status')).toEqual([expect.stringContaining('rekindle diagnose')]);
    expect(nextTexts({ state }, 'diagnose')).toEqual([expect.stringContaining('rekindle up --dry-run')]);
  },
);

test('a stack that is well needs nothing', () => {
  expect(nextTexts({ state: 'healthy' }, 'status')).toEqual([]);
  expect(nextTexts({ state: 'healthy' }, 'diagnose')).toEqual([]);
});
