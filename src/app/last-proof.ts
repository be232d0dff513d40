import type { StoredEvent } from '../domain/journal-event.ts';

/**
 * When the last `up` on this kubeconfig context ended with the stack healthy, ms since the epoch; undefined when none
 * of these events tells. A clock that was set back since makes it lie in the future: then it counts for nothing.
 */
export function lastProof(events: readonly StoredEvent[], context: string, now: number): number | undefined {
  const runs = new Set(
    events.flatMap((event) => (event.type === 'run-started' && event.context === context ? [event.run] : [])),
  );
  const last = events.findLast((event) => event.type === 'run-ended' && runs.has(event.run));
  if (last?.type !== 'run-ended' || last.verdict.state !== 'healthy' || last.at > now) return undefined;
  return last.at;
}
