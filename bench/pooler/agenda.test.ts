import { expect, test } from 'vitest';

import { events, nextEvent, setUps, usualRepeats } from './agenda.ts';
import type { PersistenceRow } from './row.ts';

const state = { code: 'one', dirty: false };

function rowsOf(next: NonNullable<ReturnType<typeof nextEvent>>): readonly PersistenceRow[] {
  return next.setUp.ways.map((way) => ({
    id: 'x',
    way,
    event: next.event,
    kept: true,
    seconds: 1,
    right: ['pod'],
    wrong: [],
    evidence: 'seen',
    settings: {},
    commit: 'abc',
    ...state,
    backend: 'source',
    startedAt: '2026-01-01T00:00:00.000Z',
  }));
}

test('every way meets every event so often, one set-up after the other, and is not measured twice', () => {
  const rows: PersistenceRow[] = [];
  const order: string[] = [];
  for (
    let next = nextEvent(rows, state, usualRepeats);
    next !== undefined;
    next = nextEvent(rows, state, usualRepeats)
  ) {
    order.push(next.setUp.ways.join('+'));
    rows.push(...rowsOf(next));
  }
  expect(rows).toHaveLength(3 * events.length * usualRepeats);
  expect(new Set(rows.map(({ way, event }) => `${way} ${event}`)).size).toBe(3 * events.length);
  expect(order).toEqual(order.toSorted((a, b) => Number(a === 'agent') - Number(b === 'agent')));
  expect(nextEvent(rows, { ...state, code: 'two' }, usualRepeats)?.setUp).toBe(setUps[0]);
});
