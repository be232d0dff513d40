import { oneLine } from '../observe/look.ts';
import type { Clock } from '../ports/clock.ts';
import { TargetUnclear } from './target.ts';

/** Discovery, as far as it can be repeated. */
export interface Refreshable {
  /** Whether something is known to go on with: from this run, or from an earlier one. */
  readonly known: boolean;
  readonly due: (now: number) => boolean;
  readonly refresh: (now: number) => Promise<void>;
}

export interface Refreshing {
  readonly source: Refreshable;
  readonly context: { readonly clock: Pick<Clock, 'monotonic'> };
}

/** Errors that mean "nobody answered", which time may mend; other errors say what is wrong. */
const noAnswer: ReadonlySet<string> = new Set(['ClusterUnreachable', 'EngineUnreachable']);

/**
 * Discovers the stack anew when that is due. While a control plane comes up it answers some requests and not others: a
 * discovery that fails is no reason to give up when something is known to go on with, or when nobody answered. The
 * observation says what could not be seen. Throws TargetUnclear, and what refuses the very first discovery.
 */
export async function refreshStack(
  { source, context }: Refreshing,
  log: { readonly say: (line: string) => void },
): Promise<void> {
  const now = context.clock.monotonic();
  if (!source.due(now)) return;
  try {
    await source.refresh(now);
  } catch (error) {
    if (error instanceof TargetUnclear || !(error instanceof Error)) throw error;
    if (!source.known && !noAnswer.has(error.name)) throw error;
    log.say(`the stack cannot be discovered yet (${oneLine(error)}); using what is known from before`);
  }
}
