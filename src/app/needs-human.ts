import type { Plan } from '../domain/plan.ts';

/** How long a person must have been needed, and nothing else been possible, before a run ends with that, ms. */
const patienceMs = 30_000;

/**
 * Whether nothing more will come of a run: something broken needs a person, and for a while no step was planned or
 * under way. Waiting for the time limit would then only keep the reader from the reason.
 */
export class NeedsHuman {
  #since: number | undefined;

  /** Takes the newest plan and the number of actions under way; `now` is monotonic, ms. */
  judge({ steps, refusals }: Plan, underWay: number, now: number): boolean {
    const isStuck =
      steps.length === 0 && underWay === 0 && refusals.some((refusal) => refusal.kind === 'human');
    this.#since = isStuck ? (this.#since ?? now) : undefined;
    return this.#since !== undefined && now - this.#since >= patienceMs;
  }
}
