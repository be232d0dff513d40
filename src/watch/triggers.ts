import type { Clock } from '../ports/clock.ts';

/** Events come in bursts: what follows within this time belongs to the same look, ms. */
const burstMs = 500;

/** Reasons to look again before the time is up. */
export class Triggers {
  readonly #clock: Clock;
  #reason: string | undefined;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** There is a reason to look now; the first one of a burst is kept. */
  readonly poke = (reason: string): void => {
    this.#reason ??= reason;
    this.#wake?.();
  };

  /**
   * Waits until there is a reason to look, or for `ms`. The reason; undefined when the time was up. Throws the signal's
   * reason.
   */
  async next(ms: number, signal: AbortSignal): Promise<string | undefined> {
    if (this.#reason === undefined) await this.#sleep(ms, signal);
    signal.throwIfAborted();
    if (this.#reason === undefined) return undefined;
    await this.#clock.sleep(Math.min(burstMs, ms), signal);
    const reason = this.#reason;
    this.#reason = undefined;
    return reason;
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    try {
      await this.#clock.sleep(ms, AbortSignal.any([woken.signal, signal]));
    } catch (error) {
      if (!woken.signal.aborted) throw error;
    } finally {
      this.#wake = undefined;
    }
  }
}
