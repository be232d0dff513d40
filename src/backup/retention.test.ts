import fc from 'fast-check';
import { expect, test } from 'vitest';

import { keptBackups, type KeptBackup } from './retention.ts';

const day = 86_400_000;
const start = Date.parse('2026-03-31T12:00:00Z');
const daily = (count: number): readonly KeptBackup[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `b${index}`,
    at: start - index * day,
    verdict: 'proven',
  }));
const none = { last: 0, daily: 0, weekly: 0, monthly: 0 };

test('keeps the newest of each day, week and month', () => {
  const kept = keptBackups(daily(100), { last: 1, daily: 3, weekly: 2, monthly: 2 });
  expect([...kept]).toEqual([
    ['b0', ['last', 'daily', 'weekly', 'monthly', 'newest proven']],
    ['b1', ['daily']],
    ['b2', ['daily', 'weekly']],
    ['b31', ['monthly']],
  ]);
});

test('counts days that have a backup, not days that have passed', () => {
  const old = daily(3).map(({ id, at = 0, verdict }) => ({ id, at: at - 400 * day, verdict }));
  expect([...keptBackups(old, { ...none, daily: 2 }).keys()]).toEqual(['b0', 'b1']);
});

test('keeps the newest one that was proven, and what has no age', () => {
  const backups = [
    { id: 'new', at: start, verdict: undefined },
    { id: 'old', at: start - 900 * day, verdict: 'proven' as const },
    { id: 'older', at: start - 901 * day, verdict: 'proven' as const },
    { id: 'strange', at: undefined, verdict: undefined },
  ];
  expect([...keptBackups(backups, none)]).toEqual([
    ['old', ['newest proven']],
    ['strange', ['unknown age']],
  ]);
});

test('a bad one takes the place of no other', () => {
  const backups = [
    { id: 'evening', at: start + day / 4, verdict: 'bad' as const },
    { id: 'noon', at: start, verdict: undefined },
    { id: 'morning', at: start - day / 4, verdict: 'proven' as const },
    { id: 'before', at: start - day, verdict: 'could-not-tell' as const },
  ];
  expect([...keptBackups(backups, { ...none, daily: 2, last: 1 })]).toEqual([
    ['noon', ['last']],
    ['morning', ['daily', 'newest proven']],
    ['before', ['daily']],
  ]);
  const bad = backups.map(({ id, at }) => ({ id, at, verdict: 'bad' as const }));
  expect([...keptBackups(bad, { ...none, last: 1 }).keys()]).toEqual(['evening']);
});

const anyBackups = fc.array(
  fc.record({
    at: fc.option(fc.nat(2 ** 40), { nil: undefined }),
    verdict: fc.constantFrom('proven' as const, 'bad' as const, 'could-not-tell' as const, undefined),
  }),
  { maxLength: 40 },
);
const few = fc.nat(5);

test('never lets the last proven one go, and keeps no less when more is to be kept', () => {
  fc.assert(
    fc.property(
      anyBackups,
      fc.record({ last: few, daily: few, weekly: few, monthly: few }),
      fc.constantFrom('last', 'daily', 'weekly', 'monthly' as const),
      (list, retention, more) => {
        const backups = list.map((entry, index) => ({ id: `b${index}`, ...entry }));
        const kept = keptBackups(backups, retention);
        const proven = backups.filter(({ at, verdict }) => verdict === 'proven' && at !== undefined);
        const newest = Math.max(...proven.map(({ at }) => at ?? 0));
        const hasNewest = proven.some(({ id, at }) => at === newest && kept.has(id));
        expect(hasNewest).toBe(proven.length > 0);
        const wider = keptBackups(backups, { ...retention, [more]: retention[more] + 1 });
        expect([...kept.keys()].every((id) => wider.has(id))).toBe(true);
      },
    ),
  );
});
