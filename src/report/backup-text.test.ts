import { expect, test } from 'vitest';

import { backupTexts } from './backup-text.ts';

const hour = 3_600_000;
const now = 1000 * hour;
const proven = { id: '1', at: now - 3 * hour, verifySeconds: 1 };
const state = {
  context: 'c',
  stack: 'shop',
  place: '/b',
  endedAt: now - 2 * hour,
  outcome: 'proven' as const,
};
const schedule = { everySeconds: 86_400, since: 0 };

test('nothing is said where nothing is known and nothing is wanted', () => {
  expect(backupTexts({ state: undefined, schedule: undefined }, now)).toEqual([]);
});

test('the age of the newest proven one is told', () => {
  expect(backupTexts({ state: { ...state, proven }, schedule }, now)).toEqual([
    expect.stringMatching(/^last proven backup: 3 h ago \(\d{4}-/),
  ]);
});

test('one that failed since is told with its reason', () => {
  const failed = { ...state, outcome: 'failed' as const, why: 'no room', proven };
  expect(backupTexts({ state: failed, schedule }, now)[0]).toMatch(
    /3 h ago .*; the last attempt, 2 h ago, was not proven: no room$/,
  );
});

test('one in which something is missing is told as such', () => {
  const incomplete = { ...state, outcome: 'incomplete' as const, why: 'missing: Redis', proven };
  expect(backupTexts({ state: incomplete, schedule }, now)[0]).toMatch(
    /; the last attempt, 2 h ago, was not complete: missing: Redis$/,
  );
});

test('more than twice its interval after the last proven one there is a notice', () => {
  const late = { ...proven, at: now - 49 * hour };
  expect(backupTexts({ state: { ...state, proven: late }, schedule }, now)[1]).toMatch(
    /^notice: no backup was proven for more than twice a day.*\n {2}See why: rekindle backup schedule status/,
  );
  expect(backupTexts({ state: { ...state, proven: late }, schedule: undefined }, now)).toHaveLength(1);
  expect(backupTexts({ state: undefined, schedule: { ...schedule, since: now - hour } }, now)).toEqual([
    'no backup was proven yet',
  ]);
});
