import { setImmediate as turn } from 'node:timers/promises';

import type { Clock } from '../../src/ports/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** How often everything that is ready gets its turn before time passes: streams take a few. */
const turns = 4;

/**
 * A clock on which time passes only while everybody sleeps: minutes of a run take a moment, and always the same way. The
 * machine's own clock may be set on it; the monotonic one goes on.
 */
export class VirtualClock implements Clock {
  #offset: number;
  #monotonic = 0;
  #sleepers: Sleeper[] = [];
  #isDriven = false;

  constructor(now: number) {
    this.#offset = now;
  }

  now(): number {
    return this.#offset + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Sets the machine's clock, back when `ms` is negative. */
  setBy(ms: number): void {
    this.#offset += ms;
  }

  /** Calls at a monotonic time; the call itself keeps nobody waiting. */
  at(monotonic: number, call: () => void): void {
    this.#add({ at: monotonic, wake: call });
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return promise;
    }
    const stop = (): void => {
      this.#sleepers = this.#sleepers.filter((entry) => entry !== sleeper);
      reject(signal?.reason as Error);
    };
    const wake = (): void => {
      signal?.removeEventListener('abort', stop);
      resolve();
    };
    const sleeper = { at: this.#monotonic + ms, wake };
    signal?.addEventListener('abort', stop, { once: true });
    this.#add(sleeper);
    return promise;
  }

  #add(sleeper: Sleeper): void {
    this.#sleepers.push(sleeper);
    if (this.#isDriven) return;
    this.#isDriven = true;
    void this.#drive();
  }

  async #drive(): Promise<void> {
    for (;;) {
      for (let count = 0; count < turns; count += 1) await turn();
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, entry) => (first === undefined || entry.at < first.at ? entry : first),
        undefined,
      );
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((entry) => entry !== next);
      this.#monotonic = Math.max(this.#monotonic, next.at);
      next.wake();
    }
    this.#isDriven = false;
  }
}
