import { expect, test } from 'vitest';

import { backupDue, provenAfter } from './backup-state.ts';

const old = { id: 'a', at: 1000, verifySeconds: 1 };
const of = (id: string, begunAt: number, verdict: 'proven' | 'bad' | 'could-not-tell') => ({
  id,
  begunAt,
  verdict,
  verifySeconds: 2,
});

test('the newest proven backup is one that was proven, and no older than the last', () => {
  expect(provenAfter(undefined, of('b', 2000, 'proven'))).toEqual({ id: 'b', at: 2000, verifySeconds: 2 });
  expect(provenAfter(old, of('b', 2000, 'proven'))).toMatchObject({ id: 'b' });
  // An old one that is proven once more makes nothing younger.
  expect(provenAfter(old, of('0', 500, 'proven'))).toBe(old);
  expect(provenAfter(old, of('b', 2000, 'bad'))).toBe(old);
  expect(provenAfter(old, of('a', 1000, 'could-not-tell'))).toBe(old);
  expect(provenAfter(old, of('a', 1000, 'bad'))).toBeUndefined();
});

test('two intervals after the newest proven one, or after the schedule was made, the next is due', () => {
  const schedule = { everySeconds: 10, since: 5000 };
  expect(backupDue(undefined, schedule)).toBe(25_000);
  expect(backupDue(old, schedule)).toBe(25_000);
  expect(backupDue({ ...old, at: 9000 }, schedule)).toBe(29_000);
});
