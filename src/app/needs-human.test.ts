import { describe, expect, test } from 'vitest';

import type { Plan, Refusal } from '../domain/plan.ts';
import { NeedsHuman } from './needs-human.ts';

function refusal(kind: Refusal['kind']): Refusal {
  const target = { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1' };
  return { guard: 'budget-spent', step: 'nudge-pooler', target, reason: '', advice: '', kind };
}

const plan = (...kinds: Refusal['kind'][]): Plan => ({
  steps: [],
  refusals: kinds.map(refusal),
  tasks: [],
  waits: [],
  hopes: [],
});

describe('a person is needed', () => {
  test('when nothing else was possible for half a minute', () => {
    const needs = new NeedsHuman();
    expect(needs.judge(plan('human', 'wait'), 0, 0)).toBe(false);
    expect(needs.judge(plan('human'), 0, 29_000)).toBe(false);
    expect(needs.judge(plan('human'), 0, 30_000)).toBe(true);
  });

  test('when a task is left for one, as for a refusal', () => {
    const needs = new NeedsHuman();
    const target = { kind: 'StatefulSet', namespace: 'shop', name: 'redis' };
    const task = { fault: 'workload-scaled-to-zero', target, reason: '', byHand: '' };
    const left = { ...plan(), tasks: [task] };
    expect([needs.judge(left, 0, 0), needs.judge(left, 0, 30_000)]).toEqual([false, true]);
  });

  test('later, while things below still come up', () => {
    const needs = new NeedsHuman();
    const settling = { ...plan('human'), hopes: ['django: 1 of 3 pods are ready since the boot.'] };
    expect(needs.judge(settling, 0, 0)).toBe(false);
    expect(needs.judge(settling, 0, 119_000)).toBe(false);
    expect(needs.judge(plan('human'), 0, 119_500)).toBe(false);
    expect(needs.judge(settling, 0, 120_000)).toBe(true);
  });

  test.each([
    ['an action is under way', plan('human'), 1],
    ['it is only waited', plan('wait'), 0],
    ['nothing is refused', plan(), 0],
  ])('not while %s; then the time counts anew', (_name, other, underWay) => {
    const needs = new NeedsHuman();
    needs.judge(plan('human'), 0, 0);
    expect(needs.judge(other, underWay, 30_000)).toBe(false);
    expect(needs.judge(plan('human'), 0, 31_000)).toBe(false);
    expect(needs.judge(plan('human'), 0, 61_000)).toBe(true);
  });
});
