import type { Clock } from '../ports/clock.ts';

/**
 * Keeps good answers for a short time, so that a pass does not ask again what was proven a moment ago. Looking
 * costs CPU on the very machine that is busy recovering. Bad answers are never kept.
 */
export class KeptAnswers {
  readonly #clock: Clock;
  #kept = new Map<string, { readonly until: number; readonly answer: unknown }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The kept answer for `key`, or a new one from `ask`, kept for `ms` when `good` says so. */
  async ask<T>(key: string, ms: number, ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
    const now = this.#clock.monotonic();
    const memory = this.#kept;
    const kept = memory.get(key);
    if (kept !== undefined && kept.until > now) return kept.answer as T;
    const answer = await ask();
    // Into the memory of when it was asked: an action that has ended meanwhile has made another one.
    if (good(answer)) memory.set(key, { until: now + ms, answer });
    else memory.delete(key);
    return answer;
  }

  /** Forgets everything, what is being asked now as well: after an action nothing that was seen before counts. */
  clear(): void {
    this.#kept = new Map();
  }
}
