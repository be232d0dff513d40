import type { Plan } from '../domain/plan.ts';

/** How long a person must have been needed, and nothing else been possible, before a run ends with that, ms. */
const patienceMs = 30_000;

/** The same while things at or below that still come up: what a person is needed for may be gone when they are there, ms. */
const patienceWhileSettlingMs = 120_000;

/**
 * Whether nothing more will come of a run: something needs a person, and for a while no step was planned or
 * under way. Waiting for the time limit would then only keep the reader from the reason.
 */
export class NeedsHuman {
  #stuckSince: number | undefined;
  #quietSince: number | undefined;

  /**
   * Takes the newest plan and the number of actions under way; `now` is monotonic, ms. `lacksDoor`: nothing is wrong, and a
   * person has to say what is to be proven.
   */
  judge({ steps, refusals, tasks, hopes }: Plan, underWay: number, now: number, lacksDoor = false): boolean {
    const isNeeded = lacksDoor || tasks.length > 0 || refusals.some((refusal) => refusal.kind === 'human');
    const isStuck = isNeeded && steps.length === 0 && underWay === 0;
    const isQuiet = isStuck && hopes.length === 0;
    this.#stuckSince = isStuck ? (this.#stuckSince ?? now) : undefined;
    this.#quietSince = isQuiet ? (this.#quietSince ?? now) : undefined;
    const lasted = (since: number | undefined, ms: number) => since !== undefined && now - since >= ms;
    return lasted(this.#quietSince, patienceMs) || lasted(this.#stuckSince, patienceWhileSettlingMs);
  }
}
