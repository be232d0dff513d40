import { isForbidden, oneLine } from '../observe/look.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReader } from '../ports/cluster.ts';
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
  readonly context: {
    readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
    readonly reader: Pick<ClusterReader, 'ready'>;
  };
}

/** Errors that mean "nobody answered", which time may mend; other errors say what is wrong. */
const noAnswer: ReadonlySet<string> = new Set(['ClusterUnreachable', 'EngineUnreachable']);

/** An API server that is not ready after this time is in other trouble than its start, ms. */
const rightsMs = 10_000;
const rightsEveryMs = 500;

async function isReady({ reader }: Refreshing['context']): Promise<boolean> {
  try {
    await reader.ready();
    return true;
  } catch {
    return false;
  }
}

/**
 * The first discovery of all, right after a boot: an API server listens before it has read who may do what, and refuses until
 * then what it will allow. Its refusal counts once it calls itself ready.
 */
async function refresh({ source, context }: Refreshing, now: number): Promise<void> {
  const end = now + rightsMs;
  for (;;) {
    const wasReady = source.known || (await isReady(context));
    try {
      await source.refresh(context.clock.monotonic());
      return;
    } catch (error) {
      const mayBeEarly = isForbidden(error) && !wasReady;
      if (!mayBeEarly || context.clock.monotonic() >= end) throw error;
    }
    await context.clock.sleep(rightsEveryMs);
  }
}

/**
 * Discovers the stack anew when that is due. While a control plane comes up it answers some requests and not others: a
 * discovery that fails is no reason to give up when something is known to go on with, or when nobody answered. The
 * observation says what could not be seen. Throws TargetUnclear, and what refuses the very first discovery.
 */
export async function refreshStack(
  refreshing: Refreshing,
  log: { readonly say: (line: string) => void },
): Promise<void> {
  const { source, context } = refreshing;
  const now = context.clock.monotonic();
  if (!source.due(now)) return;
  try {
    await refresh(refreshing, now);
  } catch (error) {
    if (error instanceof TargetUnclear || !(error instanceof Error)) throw error;
    if (!source.known && !noAnswer.has(error.name)) throw error;
    log.say(`the stack cannot be discovered yet (${oneLine(error)}); using what is known from before`);
  }
}
