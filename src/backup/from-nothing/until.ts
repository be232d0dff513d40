import type { RebuildContext } from './context.ts';
import { RebuildRefused } from './read-backup.ts';
import { causeText } from '../../record/explained-error.ts';

const everyMs = 500;

/** What is waited for, and for how long. */
export interface Wait {
  readonly what: string;
  readonly place: string;
  readonly deadlineMs: number;
}

/**
 * Asks until there is an answer; an error counts as none, for a cluster that comes up refuses some questions. Throws RebuildRefused with
 * the last error at the deadline, and the signal's reason.
 */
export async function until<T>(
  { clock, signal }: Pick<RebuildContext, 'clock' | 'signal'>,
  { what, place, deadlineMs }: Wait,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = clock.monotonic() + deadlineMs;
  let last = 'it is not there yet';
  for (;;) {
    signal.throwIfAborted();
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      last = 'it is not there yet';
    } catch (error) {
      last = causeText(error);
    }
    if (clock.monotonic() >= end)
      throw new RebuildRefused({
        what: `${what} did not come within ${Math.round(deadlineMs / 1000)} s`,
        cause: last,
        place,
        next: 'Read the cause; then run the same command again: it goes on with this step.',
      });
    await clock.sleep(everyMs, signal);
  }
}
