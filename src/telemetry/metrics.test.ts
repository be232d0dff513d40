import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { faults } from '../faults/index.ts';
import { anyObservation } from '../../test/fakes/any-observation.ts';
import { healthy, now, stack } from '../../test/fakes/observation.ts';
import { hostileText } from '../../test/fakes/hostile-text.ts';
import type { Pass } from '../app/run-log.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import type { Finding } from '../domain/finding.ts';
import type { JournalEvent, StoredEvent } from '../domain/journal-event.ts';
import type { PlannedStep, Refusal } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';
import { Metrics } from './metrics.ts';

const run = 'r1';
const target = { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1' };

class Clock {
  at = now;
  now = () => this.at;
  monotonic = () => this.at - now;
}

function metrics(clock = new Clock()) {
  return new Metrics({ version: '1.2.3', stack: () => 'shop', clock });
}

/** Samples of a metric, by their labels. */
async function samples(made: Metrics, name: string): Promise<Readonly<Record<string, number>>> {
  const text = (await made.exposition()).parts.join('');
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
  return Object.fromEntries(
    lines.map((line) => {
      const [, labels = '', value = ''] = /^[a-z_]+\{(.*)\} (\S+)$/.exec(line) ?? [];
      return [
        labels.replace(/stack="shop",?/, '').replace(/,$/, ''),
        value === 'Nan' ? Number.NaN : Number(value),
      ];
    }),
  );
}

let seq = 0;
const stored = (event: JournalEvent, at = now): StoredEvent => ({ ...event, seq: (seq += 1), at });

const planned: PlannedStep = {
  step: 'nudge-pooler',
  target,
  risk: 'safe',
  because: 'pooler-refuses-logins',
  reason: '',
  provenBy: '',
  undo: '',
  evidenceAt: now,
  parameters: {},
};

function ended(state: Verdict['state'], proven: Verdict['proven'] = 'verified'): JournalEvent {
  return {
    type: 'run-ended',
    run,
    verdict: { state, proven, wanted: 'verified', sentence: '', at: now },
    seconds: 4,
  };
}

function finding(kind: Finding['kind'], fault = 'primary-missing'): Finding {
  return { fault, layer: 'database', object: target, claim: '', kind, evidence: [], causedBy: [] };
}

function pass(findings: readonly Finding[], plan: Partial<Pass['plan']> = {}): Pass {
  const nothing = { steps: [], refusals: [], tasks: [], waits: [], hopes: [] };
  return { observation: healthy(), findings, plan: { ...nothing, ...plan } };
}

const refusal = (kind: Refusal['kind']): Refusal => ({
  guard: 'budget-spent',
  step: 'nudge-pooler',
  target,
  reason: '',
  advice: '',
  kind,
});

describe('whether the stack is usable', () => {
  test('could not be told before the first look', async () => {
    expect(await samples(metrics(), 'rekindle_stack_usable')).toEqual({ '': Number.NaN });
    expect(await samples(metrics(), 'rekindle_last_look_timestamp_seconds')).toEqual({ '': 0 });
  });

  test.each<[Verdict['state'], number]>([
    ['healthy', 1],
    ['broken', 0],
    ['settling', 0],
    ['unknown', Number.NaN],
  ])('is told for %s by a run and by a look', async (state, value) => {
    const byRun = metrics();
    byRun.stored(stored(ended(state)));
    const byLook = metrics();
    byLook.looked(state);
    for (const made of [byRun, byLook]) {
      expect(await samples(made, 'rekindle_stack_usable')).toEqual({ '': value });
      expect(await samples(made, 'rekindle_stack_state')).toEqual({
        'state="healthy"': 0,
        'state="broken"': 0,
        'state="settling"': 0,
        'state="unknown"': 0,
        [`state="${state}"`]: 1,
      });
    }
  });

  test('is no more what a look that finds trouble says, and only a verdict or a visit says it again', async () => {
    const made = metrics();
    made.looked('healthy');
    made.passed(pass([finding('unknown'), finding('broken'), finding('settling'), finding('notice')]));
    expect(await samples(made, 'rekindle_stack_usable')).toEqual({ '': 0 });
    made.passed(pass([finding('notice')]));
    expect(await samples(made, 'rekindle_stack_usable')).toEqual({ '': 0 });
    made.looked('healthy');
    made.passed(pass([finding('notice')]));
    expect(await samples(made, 'rekindle_stack_usable')).toEqual({ '': 1 });
  });
});

test('findings are counted by fault, layer and kind, and told as 0 when they are gone', async () => {
  const made = metrics();
  made.passed(pass([finding('broken'), { ...finding('broken'), object: { kind: 'Pod', name: 'other' } }]));
  const labels = 'fault="primary-missing",layer="database",kind="broken"';
  expect(await samples(made, 'rekindle_findings')).toEqual({ [labels]: 2 });
  made.passed(pass([]));
  expect(await samples(made, 'rekindle_findings')).toEqual({ [labels]: 0 });
});

const label = (result: string, proof: string) => `step="nudge-pooler",acted="${result}",verified="${proof}"`;

describe('actions', () => {
  const intended: JournalEvent = { type: 'step-intended', run, action: 'a', step: planned };
  const acted = (result: 'done' | 'failed' | 'unknown'): JournalEvent => ({
    type: 'step-acted',
    run,
    action: 'a',
    acted: result,
    detail: '',
  });
  const verified: JournalEvent = { type: 'step-verified', run, action: 'a', verified: 'no', detail: '' };

  test.each<[string, readonly JournalEvent[], string]>([
    ['done and not proven', [intended, acted('done'), verified], label('done', 'no')],
    ['failed', [intended, acted('failed')], label('failed', 'unknown')],
    ['never heard of', [intended, acted('unknown')], label('unknown', 'unknown')],
  ])('that are %s are counted once, from 0', async (_name, events, labels) => {
    const made = metrics();
    expect((await samples(made, 'rekindle_actions_total'))[labels]).toBe(0);
    for (const event of events) made.stored(stored(event));
    const counted = Object.entries(await samples(made, 'rekindle_actions_total')).filter(([, n]) => n > 0);
    expect(counted).toEqual([[labels, 1]]);
  });

  test('of an earlier process keep their name when their end is told now, and are not counted again', async () => {
    const made = metrics();
    const begun: JournalEvent = {
      type: 'run-started',
      run,
      command: 'up',
      context: 'k3d-shop',
      version: '1',
    };
    const before = [begun, { ...intended, action: 'b' } as JournalEvent, intended, acted('failed')];
    made.remember(
      before.map((event) => stored(event)),
      'k3d-shop',
    );
    expect(Object.values(await samples(made, 'rekindle_actions_total')).filter((n) => n > 0)).toEqual([]);
    made.stored(stored({ ...acted('unknown'), action: 'b' } as JournalEvent));
    expect((await samples(made, 'rekindle_actions_total'))[label('unknown', 'unknown')]).toBe(1);
  });
});

test('refusals are counted by guard and step, from 0', async () => {
  const made = metrics();
  made.stored(stored({ type: 'step-refused', run, refusal: refusal('wait') }));
  const counted = await samples(made, 'rekindle_refusals_total');
  expect(Object.entries(counted).filter(([, n]) => n > 0)).toEqual([
    ['guard="budget-spent",step="nudge-pooler"', 1],
  ]);
});

test('a recovery is in the histogram of its outcome, and the last good one has its time', async () => {
  const clock = new Clock();
  const made = metrics(clock);
  const begun: JournalEvent = {
    type: 'run-started',
    run,
    command: 'watch',
    context: 'k3d-shop',
    version: '1',
  };
  made.stored(stored(begun));
  made.stored(stored({ type: 'finding-opened', run, finding: finding('broken') }));
  made.stored(
    stored({ type: 'finding-closed', run, fault: 'primary-missing', object: 'Pod shop/db-pooler-1' }),
  );
  clock.at += 33_000;
  made.stored(stored({ type: 'write-verified', run, id: 'w', count: 2 }));
  clock.at += 15_000;
  made.stored(stored(ended('healthy'), clock.at));
  const buckets = await samples(made, 'rekindle_recovery_seconds_bucket');
  expect(buckets).toMatchObject({
    'le="30",outcome="healthy"': 0,
    'le="35",outcome="healthy"': 1,
    'le="+Inf",outcome="broken"': 0,
  });
  expect(await samples(made, 'rekindle_last_recovery_seconds')).toEqual({ '': 33 });
  expect(await samples(made, 'rekindle_last_recovery_timestamp_seconds')).toEqual({ '': clock.at / 1000 });
});

const begun = (context: string): JournalEvent => ({
  type: 'run-started',
  run,
  command: 'up',
  context,
  version: '1',
});
const write = (count: number): JournalEvent => ({ type: 'write-verified', run, id: 'w', count });

describe('the last proof', () => {
  const at = now - 5000;
  const proofs = async (events: readonly JournalEvent[], past = false) => {
    const made = metrics();
    const all = events.map((event) => stored(event, at));
    if (past) made.remember(all, 'k3d-shop');
    else for (const event of all) made.stored(event);
    return (await samples(made, 'rekindle_last_proof_timestamp_seconds'))[''];
  };
  test.each<[string, readonly JournalEvent[], number]>([
    ['two writes', [write(1), write(2)], at / 1000],
    ['a healthy end', [ended('healthy', 'serving')], at / 1000],
    ['not one write', [write(1)], 0],
    ['not an end without a proof', [ended('healthy', 'none')], 0],
    ['not a broken end', [ended('broken')], 0],
  ])('is %s', async (_name, events, expected) => {
    expect(await proofs(events)).toBe(expected);
  });

  test('is remembered from the journal, of this cluster only', async () => {
    expect(await proofs([begun('k3d-shop'), ended('healthy')], true)).toBe(at / 1000);
    expect(await proofs([begun('k3d-other'), ended('healthy')], true)).toBe(0);
  });

  test('is told by whoever made one without the journal', async () => {
    const made = metrics();
    made.proven();
    expect(await samples(made, 'rekindle_last_proof_timestamp_seconds')).toEqual({ '': now / 1000 });
  });
});

test('what waits for a person is what the plan says, and at least one while the agent calls', async () => {
  const made = metrics();
  const value = async () => (await samples(made, 'rekindle_needs_human'))[''];
  expect(await value()).toBe(0);
  made.needsHuman(true);
  expect(await value()).toBe(1);
  const task = { fault: 'workload-scaled-to-zero', target, reason: '', byHand: '' };
  made.passed(pass([], { tasks: [task], refusals: [refusal('human'), refusal('wait'), refusal('choice')] }));
  expect(await value()).toBe(2);
  made.passed(pass([]));
  expect(await value()).toBe(1);
  made.needsHuman(false);
  expect(await value()).toBe(0);
});

test('a pause is told while it lasts', async () => {
  const made = metrics();
  made.paused(true);
  expect(await samples(made, 'rekindle_paused')).toEqual({ '': 1 });
  made.paused(false);
  expect(await samples(made, 'rekindle_paused')).toEqual({ '': 0 });
});

test('how long ago the last look was does not depend on the clock being right', () => {
  let wall = now;
  let monotonic = 0;
  const made = new Metrics({
    version: '1',
    stack: () => 's',
    clock: { now: () => wall, monotonic: () => monotonic },
  });
  expect(made.sinceLook()).toBeUndefined();
  made.looked('healthy');
  monotonic += 3000;
  wall -= 3_600_000;
  expect(made.sinceLook()).toBe(3000);
});

test('no label but the name of the stack and the version is anything that a cluster can choose', async () => {
  const known = new Set(['could-not-look', ...faults.map(({ id }) => id)]);
  await fc.assert(
    fc.asyncProperty(anyObservation, hostileText, async (observation, text) => {
      const made = metrics();
      const findings = diagnose(observation, { stack, firstSeen: () => undefined });
      made.passed({ ...pass(findings), observation });
      made.stored(stored({ type: 'step-acted', run: text, action: text, acted: 'failed', detail: text }));
      for (const labels of Object.keys(await samples(made, 'rekindle_findings')))
        expect(known).toContain(/fault="([^"]*)"/.exec(labels)?.[1]);
      const shown = (await made.exposition()).parts.join('');
      expect(shown.split('\n').filter((line) => !/^(?:|#.*|[a-z_]+\{[ -~]*\} \S+)$/.test(line))).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
