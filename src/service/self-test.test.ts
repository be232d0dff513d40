import { expect, test } from 'vitest';

import { ExplainedError } from '../record/explained-error.ts';
import { selfTest, selfTestText, type SelfTestParts } from './self-test.ts';

const explanation = { what: 'It failed', cause: 'a reason', place: 'there', next: 'Do this.' };
const good: SelfTestParts = {
  stackFile: () => undefined,
  contexts: () => ['k3d-shop', 'other'],
  clusters: () => Promise.resolve(['shop']),
  k3d: () => Promise.resolve('/usr/bin/k3d, k3d version v5.8.3'),
  journal: () => '/state/journal.db',
};

async function answers(parts: Partial<SelfTestParts>, context?: string): Promise<readonly string[]> {
  const found = await selfTest({ ...good, ...parts }, { context });
  return found.map(({ answer }) => answer);
}

const fails = (error: Error) => () => {
  throw error;
};

test('where everything is there every answer is yes, with what was found', async () => {
  const found = await selfTest(good, { context: 'k3d-shop' });
  expect(selfTestText(found)).toBe(
    `  read the stack file       yes: there is none: the stack is discovered
  read the kubeconfig       yes: k3d-shop
  ask the container engine  yes: clusters: shop
  run k3d                   yes: /usr/bin/k3d, k3d version v5.8.3
  write the journal         yes: /state/journal.db`,
  );
});

test.for([
  ['a stack file with mistakes', { stackFile: fails(new ExplainedError(explanation)) }, 0, 'no'],
  ['a kubeconfig that cannot be read', { contexts: fails(new Error('EACCES')) }, 1, 'no'],
  [
    'an engine that does not run yet',
    { clusters: fails(new ExplainedError(explanation)) },
    2,
    'could not look',
  ],
  [
    'an engine that lets nobody in',
    { clusters: fails(new ExplainedError({ ...explanation, lasts: true })) },
    2,
    'no',
  ],
  ['no k3d', { k3d: fails(new ExplainedError(explanation)) }, 3, 'no'],
  ['a journal that cannot be written', { journal: fails(new ExplainedError(explanation)) }, 4, 'no'],
] as const)('%s', async ([, parts, at, answer]) => {
  const found = await answers(parts);
  expect(found.map((given, index) => (index === at ? given === answer : given === 'yes'))).toEqual(
    Array(5).fill(true),
  );
});

test('a context that the kubeconfig does not have is no', async () => {
  expect(await answers({}, 'gone')).toEqual(['yes', 'no', 'yes', 'yes', 'yes']);
});
