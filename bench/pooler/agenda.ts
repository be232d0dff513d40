import type { PoolerEventName } from '../rig/pooler-events.ts';
import type { PoolerWay } from '../rig/pooler-persistence.ts';
import type { PersistenceRow } from './row.ts';

/** Ways that are seen in one set-up: an event hits them all. */
export interface SetUp {
  readonly ways: readonly PoolerWay[];
}

/** The two that last by themselves stand side by side; the third begins where neither is. */
export const setUps: readonly SetUp[] = [{ ways: ['image', 'include'] }, { ways: ['agent'] }];

/** In this order: the power is the hardest. */
export const events: readonly PoolerEventName[] = [
  'pod-deleted',
  'operator-synced',
  'node-lost',
  'power-lost',
];

/** Wanted of each way and event. */
export const usualRepeats = 3;

export interface NextEvent {
  readonly setUp: SetUp;
  readonly event: PoolerEventName;
}

/** The next event that this code still owes; undefined when all is done. One set-up is finished before the next. */
export function nextEvent(
  rows: readonly PersistenceRow[],
  { code, dirty }: { readonly code: string; readonly dirty: boolean },
  repeats: number,
): NextEvent | undefined {
  for (const setUp of setUps) {
    const done = (event: PoolerEventName) =>
      Math.min(
        ...setUp.ways.map(
          (way) =>
            rows.filter(
              (row) => row.way === way && row.event === event && row.code === code && row.dirty === dirty,
            ).length,
        ),
      );
    const owing = events.filter((event) => done(event) < repeats).toSorted((a, b) => done(a) - done(b));
    const [event] = owing;
    if (event !== undefined) return { setUp, event };
  }
  return undefined;
}
