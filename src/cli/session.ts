import { readInputs, wire, type Wired } from '../app/wire.ts';
import { refreshStack } from '../app/refresh-stack.ts';
import { RunLog } from '../app/run-log.ts';
import { oneLine } from '../observe/look.ts';
import { systemClock } from '../app/clock.ts';
import type { ClusterProvider } from '../ports/cluster-provider.ts';
import { ExplainedError } from '../record/explained-error.ts';
import type { CommonOptions } from './options.ts';
import { progressPrinter } from './printer.ts';
import type { ProgressPrinter } from './progress-printer.ts';

export interface Session extends Wired {
  readonly log: RunLog;
  /** Ends the display and closes the journal; may be called twice. */
  readonly close: () => void;
}

/** How often the container engine is asked while it does not answer, ms. */
const engineEveryMs = 300;

/** An engine that has just started makes its socket before it gives it to its group; later a refusal stays one, ms. */
const refusalMs = 5000;

interface Wait {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Right after power-on the container engine itself is still starting: waits until it answers. Throws at the deadline, and
 * soon when no waiting helps: nobody is let into a group while they wait.
 */
async function engineAnswers(provider: ClusterProvider, { deadlineMs, signal, say }: Wait): Promise<void> {
  const start = systemClock.monotonic();
  let said = '';
  for (;;) {
    try {
      await provider.clusters();
      return;
    } catch (error) {
      const lasts = error instanceof ExplainedError && error.lasts;
      const patienceMs = lasts ? Math.min(refusalMs, deadlineMs) : deadlineMs;
      if (systemClock.monotonic() - start > patienceMs) throw error;
      if (said !== oneLine(error)) say(`waiting: ${oneLine(error)}`);
      said = oneLine(error);
      await systemClock.sleep(engineEveryMs, signal);
    }
  }
}

/**
 * Builds everything for one command and discovers the stack when the API answers. `live`: waits for the engine, but
 * not before the inputs are known to be good, and shows progress as it goes. Throws what `readInputs` and `wire` throw.
 */
export async function openSession(
  options: CommonOptions,
  signal: AbortSignal,
  live: boolean,
  printer: ProgressPrinter = progressPrinter(options, live),
): Promise<Session> {
  const inputs = readInputs({ ...options, signal });
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    printer.end();
    inputs.store.close();
  };
  try {
    const say = (line: string) => printer.said?.(line);
    if (live) await engineAnswers(inputs.provider, { deadlineMs: options.timeout, signal, say });
    const wired = await wire(inputs);
    if (wired.accessNote !== undefined) say(wired.accessNote);
    const log = new RunLog(wired, wired.context.clock, printer);
    await refreshStack(wired, log);
    return { ...wired, log, close };
  } catch (error) {
    close();
    throw error;
  }
}
