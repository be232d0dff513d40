import type { Clock } from '../ports/clock.ts';

/**
 * Keeps good answers for a short time, so that a pass does not ask again what was proven a moment ago. Looking
 * costs CPU on the very machine that is busy recovering. Bad answers are never kept.
 */
export class KeptAnswers {
  readonly #clock: Clock;
  readonly #kept = new Map<string, { readonly until: number; readonly answer: unknown }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The kept answer for `key`, or a new one from `ask`, kept for `ms` when `good` says so. */
  async ask<T>(key: string, ms: number, ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
    const now = this.#clock.monotonic();
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > now) return kept.answer as T;
    const answer = await ask();
    if (good(answer)) this.#kept.set(key, { until: now + ms, answer });
    else this.#kept.delete(key);
    return answer;
  }

  /** Forgets everything: after an action nothing that was seen before counts. */
  clear(): void {
    this.#kept.clear();
  }
}
