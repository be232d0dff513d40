import { seen } from '../domain/looked.ts';
import type { DatabaseFacts, Observation } from '../domain/observation.ts';

/**
 * A standby that lost its primary tries again every 5 s (`wal_retrieve_retry_interval`) and Patroni goes through its loop every
 * 10 s (`loop_wait`); after a boot or a failover both get this time before anything is said about replication, ms.
 */
const settlingMs = 60_000;

/** Whether `pod` has run, and its leader has led, for long enough that replication should be what it is meant to be. */
export function isSettled(
  { leader, leaderSince }: DatabaseFacts,
  pod: string,
  observation: Observation,
): boolean {
  const pods = (seen(observation.pods) ?? []).filter(({ name }) => name === pod || name === leader);
  const starts = pods.flatMap(({ containers }) => containers.map(({ startedAt }) => startedAt));
  return [...starts, leaderSince].every(
    (since) => since !== undefined && observation.at - since >= settlingMs,
  );
}
