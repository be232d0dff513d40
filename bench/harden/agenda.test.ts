import { expect, test } from 'vitest';

import { hardenSummary, nextHardenRun } from './agenda.ts';
import type { Arm, HardenRow } from './row.ts';

const state = { code: 'c', dirty: false };

function row(arm: Arm, changes: Partial<HardenRow> = {}): HardenRow {
  return {
    id: 'x',
    arm,
    measures: [],
    seconds: 30,
    limitSeconds: 240,
    pods: [],
    restarts: 4,
    backOffSeconds: 20,
    acknowledged: 500,
    unknown: 0,
    lost: 0,
    duplicated: 0,
    cut: 'power-loss',
    proof: '',
    commit: '',
    ...state,
    machine: { cpus: 2, memory: 1, kernel: '', backend: 'source' },
    load: [],
    startedAt: '2026-01-01T00:00:00.000Z',
    seed: 1,
    log: { path: '', sha256: '' },
    ...changes,
  };
}

test('the arms take turns in blocks of five, with the same seeds, until both have enough', () => {
  const rows: HardenRow[] = [];
  const order: string[] = [];
  for (;;) {
    const next = nextHardenRun(rows, 10, state);
    if (next === undefined) break;
    order.push(`${next.arm === 'hardened' ? 'h' : 'w'}${next.seed}`);
    rows.push(row(next.arm));
  }
  expect(order.join(' ')).toBe('w1 w2 w3 w4 w5 h1 h2 h3 h4 h5 w6 w7 w8 w9 w10 h6 h7 h8 h9 h10');
});

test('runs of another code do not count', () => {
  expect(nextHardenRun([row('as-written', { code: 'old' })], 1, state)).toEqual({
    arm: 'as-written',
    seed: 1,
  });
});

test('a run without recovery counts as long as its limit', () => {
  const rows = [
    row('as-written', { seconds: null }),
    row('as-written'),
    row('as-written', { seconds: 50, restarts: 0 }),
  ];
  expect(hardenSummary(rows)).toBe(
    'as-written: 2/3 recovered, median 50.0 s, 4 restarts, 20.0 s in back-off, 0 orders lost',
  );
});
