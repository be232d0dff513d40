import { expect, test } from 'vitest';

import type { ToldBackups } from './backup-instruments.ts';
import { Metrics } from './metrics.ts';

const hour = 3_600_000;
let told: ToldBackups | undefined;

const metrics = new Metrics({
  version: '1',
  stack: () => 'shop',
  clock: { now: () => 0, monotonic: () => 0 },
  backups: () => told,
});

/** Values by the rest of their names. */
async function values(): Promise<Readonly<Record<string, string>>> {
  const text = (await metrics.exposition()).parts.join('');
  const found = text.matchAll(/^rekindle_backup_(\w+)\{stack="shop"\} (\S+)$/gm);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value]));
}

const none = { last_success_timestamp_seconds: '0', last_proven_timestamp_seconds: '0' };
const noTimes = { stored_bytes: 'Nan', create_seconds: 'Nan', verify_seconds: 'Nan' };

test('before the first backup there is none, and nothing is due without a schedule', async () => {
  told = undefined;
  expect(await values()).toEqual({
    ...none,
    ...noTimes,
    due_timestamp_seconds: 'Nan',
    last_attempt_proven: 'Nan',
  });
});

test('a schedule wants a first one within two intervals', async () => {
  told = { state: undefined, schedule: { everySeconds: 3600, since: 10 * hour } };
  expect(await values()).toMatchObject({ ...none, due_timestamp_seconds: String(12 * 3600) });
});

test('each scrape tells what was left by then', async () => {
  const proven = { id: '1', at: 20 * hour, verifySeconds: 7 };
  const stored = { id: '2', at: 22 * hour, bytes: 1000, seconds: 5 };
  const state = { context: 'c', stack: 'shop', place: '/b', endedAt: 22 * hour, stored, proven };
  told = { state: { ...state, outcome: 'failed' }, schedule: { everySeconds: 3600, since: 10 * hour } };
  expect(await values()).toEqual({
    last_success_timestamp_seconds: String(22 * 3600),
    last_proven_timestamp_seconds: String(20 * 3600),
    due_timestamp_seconds: String(22 * 3600),
    last_attempt_proven: '0',
    stored_bytes: '1000',
    create_seconds: '5',
    verify_seconds: '7',
  });
  told = { state: { ...state, outcome: 'proven' }, schedule: undefined };
  expect(await values()).toMatchObject({ last_attempt_proven: '1', due_timestamp_seconds: 'Nan' });
});
