/** One probe write: sent, answered and read back, or not. Times in ms since the epoch. */
export interface ProbeAttempt {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly verified: boolean;
  /** Why not, in few words. */
  readonly why?: string;
}

/** Two writes prove a recovery only when they are this far apart, ms. */
const apartMs = 1000;

/**
 * When the second verified write was complete: the first write that was begun at least one second after the first
 * verified one was begun. Undefined as long as there is none. The order of the attempts does not matter.
 */
export function secondVerifiedWrite(attempts: readonly ProbeAttempt[]): number | undefined {
  const verified = attempts
    .filter((attempt) => attempt.verified)
    .toSorted((a, b) => a.endedAt - b.endedAt || a.startedAt - b.startedAt);
  const first = verified[0];
  if (first === undefined) return undefined;
  return verified.find((attempt) => attempt.startedAt >= first.startedAt + apartMs)?.endedAt;
}

/** Attempts begun after `since` that failed: what happened after a recovery was already counted. */
export function failuresSince(attempts: readonly ProbeAttempt[], since: number): number {
  return attempts.filter((attempt) => attempt.startedAt > since && !attempt.verified).length;
}
