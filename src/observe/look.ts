import { couldNotLook, mayNotLook, saw, type Looked } from '../domain/looked.ts';
import { plainLine } from '../domain/plain-text.ts';
import type { Clock } from '../ports/clock.ts';
import { redact } from '../record/redact.ts';

/** Longest time that any single look may take before it counts as "could not look", unless it says less, ms. */
const longestMs = 4000;

/**
 * Runs one look with a deadline and turns every failure into "could not look": an observation never throws, and
 * one dead source never holds up the others.
 */
export async function look<T>(
  clock: Clock,
  from: string,
  read: () => Promise<T>,
  deadlineMs = longestMs,
): Promise<Looked<T>> {
  const start = clock.monotonic();
  const stop = new AbortController();
  const late = clock.sleep(deadlineMs, stop.signal).then(
    () => couldNotLook<T>(`no answer within ${deadlineMs / 1000} s`, from, clock.now()),
    () => couldNotLook<T>('stopped', from, clock.now()),
  );
  const answer = read().then(
    (value) => saw(value, from, clock.now()),
    (error: unknown) =>
      (isForbidden(error) ? mayNotLook : couldNotLook)<T>(oneLine(error), from, clock.now()),
  );
  try {
    return { ...(await Promise.race([answer, late])), ms: clock.monotonic() - start };
  } finally {
    stop.abort();
  }
}

/**
 * Whether the API knows who asks and says no (`Forbidden` of src/ports/cluster.ts). It counts for good: nothing is looked at
 * before the API server calls itself ready, and by then it has read who may do what.
 */
export function isForbidden(error: unknown): boolean {
  return error instanceof Error && error.name === 'Forbidden';
}

/** Longer lists of causes, of an ExplainedError for example, are cut, characters. */
const longest = 4000;

/** First line of an error's message: evidence for people, without a stack trace and without what a terminal would obey. */
export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return plainLine(redact(message.split('\n', 1)[0] ?? ''), longest);
}
