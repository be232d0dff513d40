/** A name of which PgBouncer remembers that it had no address, and for how long it still will. */
export interface FailedLookup {
  readonly host: string;
  readonly ttlSeconds: number;
}

/** Below this many seconds waiting is cheaper than a new pod (container start in the lab: 1-2 s). */
export const worthRestartingSeconds = 3;

/** Longest time that this PgBouncer will still answer from a failed lookup, seconds; 0: it remembers none. */
export function rememberedFor(lookups: readonly FailedLookup[]): number {
  return Math.max(0, ...lookups.map(({ ttlSeconds }) => ttlSeconds));
}
