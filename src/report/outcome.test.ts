import { expect, test } from 'vitest';

import { actionText, outcomeText } from './outcome.ts';

const action = {
  step: 'nudge-pooler',
  target: 'Pod shop/db-pooler-1',
  acted: 'done',
  verified: 'yes',
  detail: 'a login works',
  seconds: 0.24,
} as const;
const verdict = {
  state: 'healthy',
  proven: 'verified',
  wanted: 'verified',
  sentence: 'Two writes.',
  at: 0,
} as const;

test('the end of a run tells the verdict, what was done and what was refused', () => {
  const refusal = {
    guard: 'budget-spent',
    step: 'restart-pooler',
    target: { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1' },
    reason: 'It was tried three times.',
    advice: 'Look at its log.',
    kind: 'human',
  } as const;
  const task = {
    fault: 'workload-scaled-to-zero',
    target: { kind: 'StatefulSet', namespace: 'shop', name: 'redis' },
    reason: 'redis was scaled to 0.',
    byHand: 'kubectl scale redis\nkubectl get pods',
  };
  expect(
    outcomeText({ verdict, actions: [action], refusals: [refusal], tasks: [task], seconds: 12.34 }),
  ).toBe(
    [
      'Usable. Two writes. (12.3 s)',
      'done: nudge-pooler on Pod shop/db-pooler-1 in 0.2 s, proven: a login works',
      'needs you: StatefulSet shop/redis. redis was scaled to 0.',
      '  kubectl scale redis',
      '  kubectl get pods',
      'not done: restart-pooler on Pod shop/db-pooler-1. It was tried three times. Look at its log.',
    ].join('\n'),
  );
});

test('a run without an action says that nothing was changed', () => {
  expect(outcomeText({ verdict, actions: [], refusals: [], tasks: [], seconds: 1 })).toMatch(
    /\nNothing was changed\.$/,
  );
});

test.each([
  [{ acted: 'skipped', verified: 'unknown' }, /^left alone: /],
  [{ acted: 'failed', verified: 'unknown' }, /^failed: /],
  [{ verified: 'no' }, /, not proven \(no\): /],
] as const)('an action that came to nothing does not look done: %o', (changes, words) => {
  expect(actionText({ ...action, ...changes })).toMatch(words);
});
