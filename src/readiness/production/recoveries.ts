import type { StoredEvent } from '../../domain/journal-event.ts';
import type { Verdict } from '../../domain/verdict.ts';

/** One recovery that the journal knows from beginning to end. */
export interface Recovery {
  readonly run: string;
  readonly command: string;
  readonly endedAt: number;
  readonly seconds: number;
  /** Steps that were begun. */
  readonly steps: number;
  readonly verdict: Verdict;
}

/** Who may have asked for it: a look changes nothing and recovers nothing. */
const recovering = /^(up|watch|drill)\b/;

/**
 * Runs on this context that had something to recover: a step was begun, or something was found to be broken or still
 * settling. A run that found everything well proves no recovery. In order.
 */
export function recoveriesOf(events: readonly StoredEvent[], context: string): readonly Recovery[] {
  return [...Map.groupBy(events, ({ run }) => run)].flatMap(([run, own]) => {
    const started = own.find((event) => event.type === 'run-started');
    const ended = own.findLast((event) => event.type === 'run-ended');
    if (started?.context !== context || !recovering.test(started.command) || ended === undefined) return [];
    const steps = own.filter(({ type }) => type === 'step-intended').length;
    const isTroubled = own.some(
      (event) => event.type === 'finding-opened' && event.finding.kind !== 'notice',
    );
    if (steps === 0 && !isTroubled) return [];
    const { at, seconds, verdict } = ended;
    return [{ run, command: started.command, endedAt: at, seconds, steps, verdict }];
  });
}

/** Whether it ended with a proof through the front door or the pooler. */
export function isProven({ verdict }: Recovery): boolean {
  return verdict.state === 'healthy' && verdict.proven !== 'none';
}

/** The value that this share of values does not exceed (nearest rank); undefined of none. */
export function nearestRank(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
