import type { StoredEvent } from '../domain/journal-event.ts';

/** How long a component took to start, from the journal. */
export interface MeasuredStart {
  /** From its container's start to readiness, seconds. */
  readonly longestSeconds: number;
  /** Starts that were measured. */
  readonly count: number;
  /** When the longest was written down, ms since the epoch. */
  readonly longestAt: number;
}

/** A kind of fault that earlier runs saw on an object. */
export interface SeenFault {
  readonly count: number;
  /** ms since the epoch. */
  readonly lastAt: number;
}

/** What earlier runs have measured and seen. */
export interface Measurements {
  /** By component, `Kind/name`. */
  readonly starts: ReadonlyMap<string, MeasuredStart>;
  /** By fault id. */
  readonly faults: ReadonlyMap<string, SeenFault>;
}

/** Reads the journal's events. Pure. */
export function measurementsOf(events: readonly StoredEvent[]): Measurements {
  const starts = new Map<string, MeasuredStart>();
  const faults = new Map<string, SeenFault>();
  for (const event of events) {
    if (event.type === 'finding-opened') {
      const { fault } = event.finding;
      faults.set(fault, { count: (faults.get(fault)?.count ?? 0) + 1, lastAt: event.at });
    }
    if (event.type !== 'starts-measured') continue;
    for (const [name, seconds] of Object.entries(event.seconds)) {
      const known = starts.get(name) ?? { longestSeconds: -1, count: 0, longestAt: 0 };
      const isLonger = seconds > known.longestSeconds;
      const longest = isLonger ? { longestSeconds: seconds, longestAt: event.at } : known;
      starts.set(name, { ...known, ...longest, count: known.count + 1 });
    }
  }
  return { starts, faults };
}
