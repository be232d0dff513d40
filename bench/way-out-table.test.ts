import { expect, test } from 'vitest';

import { newest as now, older as before } from '../test/fakes/measured-code.ts';
import type { CorruptionRow } from './backup/corruption-row.ts';
import type { BackupSpeedRow } from './backup/row.ts';
import type { WayOutFile } from './way-out-store.ts';
import { wayOutTable } from './way-out-table.ts';

const empty: WayOutFile = {
  schema: 'rekindle.dev/v1alpha1/way-out',
  backupSpeed: [],
  corruptions: [],
  roundTrip: [],
  readiness: [],
  fromNothing: [],
};

const speed: BackupSpeedRow = {
  ...now,
  gigabytes: 1,
  repetition: 1,
  first: 'plain',
  databaseBytes: 1e9,
  plain: { dumpSeconds: 10, restoreSeconds: 20, dumpBytes: 1 },
  rekindle: {
    dumpSeconds: 11,
    restoreSeconds: 18,
    verifySeconds: 4,
    wholeSeconds: 50,
    storedBytes: 1,
    proven: true,
  },
  machine: { cpus: 2, load: [] },
};

const spoilt: CorruptionRow = {
  ...now,
  corruption: 'an empty file',
  expected: 'bad',
  exitCode: 1,
  verdict: 'bad',
  said: 'no',
  asExpected: true,
  seconds: 1,
};

test('without rows it says so', () => {
  expect(wayOutTable(empty)).toBe('No runs are recorded yet.\n');
});

test('a backup that is slower than by hand is said to be, with the worst pair', () => {
  const slow = { ...speed, rekindle: { ...speed.rekindle, dumpSeconds: 20, proven: false } };
  const table = wayOutTable({ ...empty, backupSpeed: [speed, slow] });
  expect(table).toContain('| 2 | dump 11.0 to 20.0 s, 1.55x (1.10 to 2.00) of `pg_dump -Fc`');
  expect(table).toContain('proven 1/2');
});

test('rows of other code, and of code that was not committed, are left out', () => {
  const rows = [{ ...spoilt, ...before, verdict: 'proven' }, { ...spoilt, dirty: true }, spoilt];
  expect(wayOutTable({ ...empty, corruptions: rows })).toContain('| 1 | caught 1/1');
});

test('a spoilt copy that passes as proven is not caught, and a good one that fails is counted', () => {
  const missed = { ...spoilt, verdict: 'proven', exitCode: 0, asExpected: false };
  const good = { ...spoilt, corruption: 'none', expected: 'proven' as const, asExpected: false };
  const table = wayOutTable({ ...empty, corruptions: [spoilt, missed, good] });
  expect(table).toContain('caught 1/2');
  expect(table).toContain('untouched copies proven 0 of 1');
});
