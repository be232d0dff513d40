import { describe, expect, test } from 'vitest';

import { boot, container, healthy, now, pod, pooler, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { saw } from '../domain/looked.ts';
import type { PodFacts } from '../domain/observation.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { PastAction } from '../plan/history.ts';
import type { CheckContext } from './define-fault.ts';

/** A nudge that was begun while the pooler ran, and was never heard of again. */
const cutOff: PastAction = {
  action: 'a',
  run: 'an earlier run',
  step: 'nudge-pooler',
  target: 'Pod shop/db-pooler-1',
  intendedAt: boot + 10_000,
};
const restarted = pod('db-pooler-1', { containers: [container({ startedAt: cutOff.intendedAt + 1000 })] });

interface Given extends Partial<CheckContext> {
  /** The pooler's pod. */
  readonly process?: PodFacts;
  /** What is in force. */
  readonly value?: string;
}

function judged({ process = pod('db-pooler-1'), value = '0', ...changes }: Given) {
  const config = saw({ server_login_retry: value }, 'console', now);
  const observation = healthy({
    poolers: saw([pooler({ config })], 'poolers', now),
    pods: saw([process], 'API', now),
  });
  const check = { stack, firstSeen: () => boot, ...changes };
  const findings = diagnose(observation, check);
  const context = { stack, observation, past: [], run: 'run', busy: new Set<string>() };
  return {
    found: findings.map(({ fault, kind }) => `${fault} ${kind}`),
    steps: makePlan(findings, check, context).steps,
  };
}

describe('a PgBouncer that works with server_login_retry = 0', () => {
  test.each<readonly [string, readonly PastAction[]]>([
    ['was cut off', [cutOff]],
    ['could not put the settings back', [{ ...cutOff, acted: 'failed' }]],
    ['was cut off after one that ended well', [{ ...cutOff, action: 'b', acted: 'done' }, cutOff]],
  ])('is told to read its file again when its last nudge %s', (_name, past) => {
    const { found, steps } = judged({ past });
    expect(found).toEqual(['pooler-nudge-left-over broken']);
    expect(steps).toMatchObject([{ step: 'nudge-pooler', parameters: { only: 'reload' } }]);
  });

  test.each<readonly [string, Given]>([
    ['no nudge of ours is known', {}],
    ['its last nudge ended with the RELOAD', { past: [cutOff, { ...cutOff, acted: 'done' }] }],
    ['its last nudge never reached it', { past: [{ ...cutOff, acted: 'failed', untouched: true }] }],
    ['another one was nudged', { past: [{ ...cutOff, target: 'Pod shop/db-pooler-2' }] }],
    ['something else was done to it', { past: [{ ...cutOff, step: 'apply-pooler-profile' }] }],
    ['it has started since, from its file', { past: [cutOff], process: restarted }],
    [
      'the stack file asks for it',
      {
        past: [cutOff],
        stack: { ...stack, poolerProfile: { name: 'custom', settings: { server_login_retry: '0.0' } } },
      },
    ],
  ])('is well when %s', (_name, given) => {
    expect(judged(given)).toEqual({ found: [], steps: [] });
  });

  test('is no longer meant once its value is another', () => {
    expect(judged({ past: [cutOff], value: '5' }).found).toEqual([]);
  });
});
