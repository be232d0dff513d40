import { couldNotLook, type Looked } from '../domain/looked.ts';
import type { Clock } from '../ports/clock.ts';
import { look } from './look.ts';

/** Why there is no answer: it may come in a later pass. */
export const noAnswerYet = 'no answer yet';

/** How long one pass waits for a look that may be slow, ms. */
const patienceMs = 700;

/**
 * Looks that may be slow must not hold up a pass: right after a boot a server takes a connection and answers seconds
 * later. Such a look goes on beside the passes, and its answer counts in the pass in which it has come.
 */
export class LateAnswers {
  readonly #clock: Clock;
  readonly #pending = new Map<string, { readonly answer: Promise<Looked<unknown>> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer to `key` if it comes in time, or has come since the pass before; else "no answer yet". */
  async ask<T>(key: string, from: string, read: () => Promise<T>, deadlineMs?: number): Promise<Looked<T>> {
    const entry = this.#pending.get(key) ?? { answer: look(this.#clock, from, read, deadlineMs) };
    this.#pending.set(key, entry);
    const stop = new AbortController();
    const waited = this.#clock.sleep(patienceMs, stop.signal).then(
      () => undefined,
      () => undefined,
    );
    const answer = (await Promise.race([entry.answer, waited])) as Looked<T> | undefined;
    stop.abort();
    if (answer === undefined) return couldNotLook<T>(noAnswerYet, from, this.#clock.now());
    if (this.#pending.get(key) === entry) this.#pending.delete(key);
    return answer;
  }

  /** Forgets what is under way: after an action no question that was asked before it counts. */
  clear(): void {
    this.#pending.clear();
  }
}
