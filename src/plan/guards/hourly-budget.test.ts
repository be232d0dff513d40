import { describe, expect, test } from 'vitest';

import { healthy, node, now, stack } from '../../../test/fakes/observation.ts';
import { saw } from '../../domain/looked.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { PastAction } from '../history.ts';
import type { Restraint } from './define-guard.ts';
import { hourlyBudget } from './hourly-budget.ts';
import { recentlyActed } from './recently-acted.ts';

const minute = 60_000;
const restraint: Restraint = { perObjectAndHour: 3, perHour: 5 };

const step: PlannedStep = {
  step: 'restart-crash-looping-pod',
  target: { kind: 'Pod', namespace: 'shop', name: 'web-5', uid: 'u5' },
  risk: 'disruptive',
  because: 'crash-loop-tail',
  reason: '',
  provenBy: '',
  undo: '',
  evidenceAt: now,
  parameters: { owner: 'web-abc' },
};

function done(minutesAgo: number, changes: Partial<PastAction> = {}): PastAction {
  return {
    action: `a${minutesAgo}`,
    run: `run-${minutesAgo}`,
    step: 'restart-crash-looping-pod',
    target: `Pod shop/web-${minutesAgo}`,
    owner: 'web-abc',
    intendedAt: now - minutesAgo * minute,
    acted: 'done',
    actedAt: now - minutesAgo * minute,
    verified: 'yes',
    detail: 'web-4 runs',
    ...changes,
  };
}

const nodes = (startedAt: number) =>
  healthy({
    containers: saw([node('server-0', { role: 'server', startedAt }), node('agent-0')], 'engine', now),
  });

const context = (past: readonly PastAction[], held: Restraint | undefined = restraint) => ({
  stack,
  observation: nodes(now - 600 * minute),
  past,
  run: 'now',
  busy: new Set<string>(),
  restraint: held,
});

describe('an agent', () => {
  test('does no more on the pods of one controller than an hour allows, whatever they are called', () => {
    expect(hourlyBudget.judge(step, context([done(10), done(20)]))).toBeUndefined();
    const refusal = hourlyBudget.judge(step, context([done(30), done(20), done(10)]));
    expect(refusal).toMatchObject({ kind: 'human' });
    expect(refusal?.reason).toContain('acted 3 times on Pod shop/web-5 within the last hour');
    expect(refusal?.reason).toContain('web-4 runs');
  });

  test('counts what is older than an hour for nothing', () => {
    expect(hourlyBudget.judge(step, context([done(70), done(65), done(61), done(10)]))).toBeUndefined();
  });

  test('does what a boot asks for, whatever it did before that boot', () => {
    const past = [done(30), done(20), done(10)];
    const after = (minutesAgo: number) => ({
      ...context(past),
      observation: nodes(now - minutesAgo * minute),
    });
    expect(hourlyBudget.judge(step, after(5))).toBeUndefined();
    expect(hourlyBudget.judge(step, after(40))).toMatchObject({ kind: 'human' });
  });

  test('does not renew its budget by starting nodes itself', () => {
    const past = [done(30), done(20), done(10), done(6, { step: 'start-cluster', owner: 'none' })];
    const justStarted = { ...context(past), observation: nodes(now - 5 * minute) };
    expect(hourlyBudget.judge(step, justStarted)).toMatchObject({ kind: 'human' });
  });

  test('does no more on the whole stack than an hour allows', () => {
    const others = [1, 2, 3, 4, 5].map((index) =>
      done(index * 5, { owner: `other-${index}`, target: `Pod x/${index}` }),
    );
    expect(hourlyBudget.judge(step, context(others))?.reason).toContain('acted 5 times on this stack');
  });

  test('waits ever longer between actions on one object', () => {
    const own = { target: 'Pod shop/web-5' };
    const past = [done(9, own), done(6, own), done(3, own), done(0.5, own)];
    expect(recentlyActed.judge(step, context(past.slice(0, 2)))).toBeUndefined();
    // Four within the hour: four times the usual 15 s.
    expect(recentlyActed.judge(step, context(past))).toMatchObject({ kind: 'wait' });
    expect(recentlyActed.judge(step, context(past.with(3, done(1.1, own))))).toBeUndefined();
  });
});

test('a person is not held back by what was done before', () => {
  const past = [5, 4, 3, 2, 1].map((minutes) => done(minutes));
  const open = { ...context(past), restraint: undefined };
  expect(hourlyBudget.judge(step, open)).toBeUndefined();
  expect(recentlyActed.judge(step, open)).toBeUndefined();
});
