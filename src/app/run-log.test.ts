import { expect, test } from 'vitest';

import { memoryJournal } from '../../test/fakes/memory-journal.ts';
import { healthy, now } from '../../test/fakes/observation.ts';
import type { Refusal } from '../domain/plan.ts';
import { RunLog } from './run-log.ts';

const clock = { now: () => now, monotonic: () => 0, sleep: () => Promise.resolve() };

/** How often a refusal of this kind is recorded in three passes. */
function recorded(kind: Refusal['kind']): number {
  const store = memoryJournal();
  const log = new RunLog(store, clock, {});
  const target = { kind: 'Pod', namespace: 'shop', name: 'web-1' };
  const refusal: Refusal = {
    guard: 'files-in-empty-dir',
    step: 'restart-crash-looping-pod',
    target,
    reason: '',
    advice: '',
    kind,
  };
  const plan = { steps: [], refusals: [refusal], tasks: [], waits: [] };
  for (let pass = 0; pass < 3; pass += 1) log.note({ observation: healthy(), findings: [], plan });
  return store.events().filter(({ type }) => type === 'step-refused').length;
}

test('a refusal that gives somebody something to do is told once, one that only takes time is not', () => {
  expect([recorded('human'), recorded('choice'), recorded('wait')]).toEqual([1, 1, 0]);
});
