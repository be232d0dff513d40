import { expect, test } from 'vitest';

import { newest as now, older as before } from '../test/fakes/measured-code.ts';
import type { AlwaysOnFile, IdleMinute, KillRun, LiveCut, RebootRun } from './always-on-store.ts';
import { alwaysOnTable } from './always-on-table.ts';

const empty: AlwaysOnFile = {
  schema: 'rekindle.dev/v1alpha1/always-on',
  cycles: [],
  reboots: [],
  kills: [],
  live: [],
  idle: [],
  poolerProfiles: [],
  harden: [],
};

const log = { path: 'x', sha256: 'y' };

const reboot: RebootRun = {
  ...now,
  id: 'one',
  arm: 'agent',
  seed: 1,
  seconds: 40,
  verified: true,
  clock: 'engine-start',
  acknowledged: 100,
  unknown: 0,
  lost: 0,
  duplicated: 0,
  failuresAfter: 0,
  cut: 'power-loss',
  machine: { cpus: 2, memory: 1, kernel: 'k' },
  load: [],
  log,
};

const kill: KillRun = {
  ...now,
  id: 'one',
  kind: 'random',
  where: '3 s',
  fault: 'plain-cut',
  wasKilled: true,
  seconds: 12,
  verified: true,
  openIntents: 0,
  actions: [],
  deletedTwice: [],
  log,
};

const cut: LiveCut = {
  ...now,
  cut: 1,
  kind: 'power-loss',
  sample: {
    rssBytes: 98_000_000,
    openFiles: 26,
    cpuSeconds: 1,
    ageSeconds: 100,
    journalBytes: 5_000_000,
    events: 9,
    actions: 1,
    restarts: 0,
  },
  idleActions: 0,
  seconds: 30,
  verified: true,
};

/** The same row, so many seconds later, of an agent of that age. */
const later = (row: LiveCut, seconds: number, ageSeconds: number): LiveCut => ({
  ...row,
  startedAt: new Date(Date.parse(row.startedAt) + seconds * 1000).toISOString(),
  sample: { ...row.sample, ageSeconds },
});

test('has nothing to say without rows', () => {
  expect(alwaysOnTable(empty)).toBe('No runs are recorded yet.\n');
});

test('leaves out rows of older code and of a checkout that differed', () => {
  const reboots = [
    { ...reboot, ...before, verified: false, seconds: null },
    reboot,
    { ...reboot, seconds: 50 },
    { ...reboot, dirty: true, lost: 7 },
  ];
  const text = alwaysOnTable({ ...empty, reboots });
  expect(text).toContain('| 2 | back 2/2');
  expect(text).toContain('p50 45.0 s');
  expect(text).toContain('max 50.0 s; 0 of 200 orders lost | aaaaaaa |');
  expect(text).not.toContain('bbbbbbb');
});

test('counts one that did not come back, and says so when none did', () => {
  const failed = { ...reboot, verified: false, seconds: null };
  expect(alwaysOnTable({ ...empty, reboots: [reboot, failed] })).toContain('back 1/2');
  expect(alwaysOnTable({ ...empty, reboots: [failed] })).toContain('never back');
});

test('tells each kind of kill apart, and what was done twice', () => {
  const kills = [kill, { ...kill, kind: 'boundary' as const, deletedTwice: ['nginx-1'], verified: false }];
  const text = alwaysOnTable({ ...empty, kills });
  expect(text).toMatch(
    /random time \| 1 \| same verified state 1\/1 .* deleted twice: 0; intents left open: 0/,
  );
  expect(text).toMatch(/two records of its journal \| 1 \| same verified state 0\/1 .* deleted twice: 1/);
});

test('shows what the agent took over two hours', () => {
  const grown = { ...cut, cut: 2, idleActions: 1, sample: { ...cut.sample, rssBytes: 101_000_000 } };
  const text = alwaysOnTable({ ...empty, live: [cut, grown] });
  expect(text).toContain(
    'actions while nothing was wrong: 1; processes of the agent: 1; resident 98.0 MB at the first, 101.0 MB at the last, at most 101.0 MB; processor 1.0 % of a core since its start; open files 26;',
  );
});

test('shows what the agent costs while nothing is wrong, and its dearest minute', () => {
  const minute: IdleMinute = {
    ...now,
    seconds: 60,
    cpuSeconds: 0.3,
    rssBytes: 110_000_000,
    openFiles: 40,
    ageSeconds: 900,
    actions: 0,
    state: 'usable',
  };
  const dearer = { ...minute, cpuSeconds: 0.9, rssBytes: 112_000_000 };
  const text = alwaysOnTable({ ...empty, idle: [minute, dearer, { ...minute, dirty: true, actions: 9 }] });
  expect(text).toContain(
    '| 2 | processor 1.00 % of a core, in the dearest minute 1.50 %; resident 110.0 MB to 112.0 MB; open files 40; actions: 0 |',
  );
});

test('tells one process that lives on from those that the power has ended', () => {
  const first = { ...cut, kind: 'engine-killed' as const };
  const live = [cut, later(cut, 240, 101), first, later(first, 240, 338)];
  const text = alwaysOnTable({ ...empty, live });
  expect(text).toMatch(/power lost every .* \| 2 \| .* processes of the agent: 2;/);
  expect(text).toMatch(/engine and containers killed .* \| 2 \| .* processes of the agent: 1;/);
});

test('compares the unit with `up` by hand once both have run', () => {
  const byHand = { ...reboot, arm: 'rekindle' as const, seconds: 50 };
  expect(alwaysOnTable({ ...empty, reboots: [reboot] })).not.toContain('ratio');
  expect(alwaysOnTable({ ...empty, reboots: [reboot, byHand] })).toContain(
    '| 2 | 0.80 (95 % bootstrap interval 0.80 to 0.80, n = 1 and 1) |',
  );
  expect(alwaysOnTable({ ...empty, reboots: [{ ...reboot, ...before }, byHand] })).not.toContain('ratio');
});
