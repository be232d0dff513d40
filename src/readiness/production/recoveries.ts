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
  const commands = new Map<string, string>();
  const steps = new Map<string, number>();
  const troubled = new Set<string>();
  const found: Recovery[] = [];
  for (const event of events) {
    if (event.type === 'run-started' && event.context === context && recovering.test(event.command))
      commands.set(event.run, event.command);
    if (event.type === 'step-intended') steps.set(event.run, (steps.get(event.run) ?? 0) + 1);
    if (event.type === 'finding-opened' && event.finding.kind !== 'notice') troubled.add(event.run);
    if (event.type !== 'run-ended') continue;
    const command = commands.get(event.run);
    const begun = steps.get(event.run) ?? 0;
    if (command === undefined || (begun === 0 && !troubled.has(event.run))) continue;
    const { run, at, seconds, verdict } = event;
    found.push({ run, command, endedAt: at, seconds, steps: begun, verdict });
  }
  return found;
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
