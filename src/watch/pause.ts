import type { StoredEvent } from '../domain/journal-event.ts';

export interface Pause {
  /** ms since the epoch. */
  readonly until: number;
  readonly reason: string;
}

/** Longest pause, ms: one that is forgotten must end by itself. */
export const longestPauseMs = 7 * 24 * 3_600_000;

/** The events that `pauseOf` reads. */
export const pauseEvents = ['paused', 'resumed'] as const;

/**
 * The pause in force on this cluster; undefined: none. One whose end lies further ahead than any pause may last
 * was written before the clock was set back, and is over.
 */
export function pauseOf(events: readonly StoredEvent[], cluster: string, now: number): Pause | undefined {
  const last = events.findLast(
    (event) => (event.type === 'paused' || event.type === 'resumed') && event.cluster === cluster,
  );
  if (last?.type !== 'paused' || last.until <= now || last.until - now > longestPauseMs) return undefined;
  return { until: last.until, reason: last.reason };
}
