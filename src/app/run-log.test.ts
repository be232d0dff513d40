import { expect, test } from 'vitest';

import { memoryJournal } from '../../test/fakes/memory-journal.ts';
import { healthy, now, shopCluster } from '../../test/fakes/observation.ts';
import type { PlannedStep, Refusal } from '../domain/plan.ts';
import { pastActions } from '../plan/history.ts';
import { RunLog } from './run-log.ts';

const clock = { now: () => now, monotonic: () => 0, sleep: () => Promise.resolve() };
const target = { kind: 'Pod', namespace: 'shop', name: 'web-1' };

/** How often a refusal of this kind is recorded in three passes. */
function recorded(kind: Refusal['kind']): number {
  const store = memoryJournal();
  const log = new RunLog({ store, target: shopCluster }, clock, {});
  const refusal: Refusal = {
    guard: 'files-in-empty-dir',
    step: 'restart-crash-looping-pod',
    target,
    reason: '',
    advice: '',
    kind,
  };
  const plan = { steps: [], refusals: [refusal], tasks: [], waits: [], hopes: [] };
  for (let pass = 0; pass < 3; pass += 1) log.note({ observation: healthy(), findings: [], plan });
  return store.events().filter(({ type }) => type === 'step-refused').length;
}

test('a refusal that gives somebody something to do is told once, one that only takes time is not', () => {
  expect([recorded('human'), recorded('choice'), recorded('wait')]).toEqual([1, 1, 0]);
});

test('cool-downs and budgets count what was done on this cluster, however much was done on others', () => {
  const store = memoryJournal();
  const here = new RunLog({ store, target: shopCluster }, clock, {});
  const there = new RunLog({ store, target: { cluster: 'other', context: 'k3d-other' } }, clock, {});
  const step: PlannedStep = {
    step: 'restart-crash-looping-pod',
    target,
    risk: 'disruptive',
    because: '',
    reason: '',
    provenBy: '',
    undo: '',
    evidenceAt: now,
    parameters: {},
  };
  const act = (log: RunLog, count: number): void => {
    log.begin('up', '0');
    for (let nth = 1; nth <= count; nth += 1)
      log.record({ type: 'step-intended', run: log.id, action: `${log.id} ${nth}`, step });
  };
  act(here, 2);
  act(there, 600);
  expect(pastActions(here.past()).map(({ run }) => run)).toEqual([here.id, here.id]);
  expect(pastActions(there.past()).every(({ run }) => run === there.id)).toBe(true);
});
