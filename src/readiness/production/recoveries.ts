import type { StoredEvent } from '../../domain/journal-event.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { Recoveries } from '../../telemetry/recoveries.ts';

/** One recovery that the journal knows from beginning to end. */
export interface Recovery {
  readonly run: string;
  readonly command: string;
  readonly endedAt: number;
  /** Until the stack was usable; the stability window that follows is not part of it. */
  readonly seconds: number;
  /** Steps that were begun. */
  readonly steps: number;
  readonly verdict: Verdict;
}

/** Who may have asked for it: a look changes nothing and recovers nothing. */
const recovering = /^(up|watch|drill)\b/;

/** Time of one recovery as metrics tell it too; undefined: nothing was to be recovered. */
function secondsOf(events: readonly StoredEvent[]): number | undefined {
  const fold = new Recoveries();
  return events.flatMap((event) => fold.stored(event, event.at) ?? []).at(-1)?.seconds;
}

/**
 * Runs on this context that had something to recover: a step was begun, or something was found to be broken or still
 * settling. A run that found everything well proves no recovery. In the order of their ends.
 */
export function recoveriesOf(events: readonly StoredEvent[], context: string): readonly Recovery[] {
  return [...Map.groupBy(events, ({ run }) => run)]
    .flatMap(([run, own]) => {
      const started = own.find((event) => event.type === 'run-started');
      const ended = own.findLast((event) => event.type === 'run-ended');
      if (started?.context !== context || !recovering.test(started.command) || ended === undefined) return [];
      const seconds = secondsOf(own);
      if (seconds === undefined) return [];
      const steps = own.filter(({ type }) => type === 'step-intended').length;
      return [{ run, command: started.command, endedAt: ended.at, seconds, steps, verdict: ended.verdict }];
    })
    .sort((one, other) => one.endedAt - other.endedAt);
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
