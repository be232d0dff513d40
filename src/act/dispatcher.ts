import type { ActionResult } from '../domain/action-result.ts';
import type { JournalEvent } from '../domain/journal-event.ts';
import { reservedBy, type PlannedStep } from '../domain/plan.ts';
import type { ActContext } from './define-step.ts';
import { runStep } from './runner.ts';

/** Runs steps side by side, one at a time per object, while the engine goes on observing. */
export class Dispatcher {
  readonly #context: ActContext;
  readonly #run: string;
  readonly #record: (event: JournalEvent) => unknown;
  readonly #underWay = new Map<PlannedStep, Promise<void>>();
  readonly #results: ActionResult[] = [];
  #touched = 0;
  #accident: unknown;

  constructor(context: ActContext, run: string, record: (event: JournalEvent) => unknown) {
    this.#context = context;
    this.#run = run;
    this.#record = record;
  }

  /** What the actions under way reserve: refText of their objects, and more (`reservedBy`). */
  get busy(): ReadonlySet<string> {
    return new Set([...this.#underWay.keys()].flatMap(reservedBy));
  }

  get results(): readonly ActionResult[] {
    return this.#results;
  }

  /** How many actions have ended that did something, or may have: what was proven before one of them counts no more. */
  get touched(): number {
    return this.#touched;
  }

  start(planned: PlannedStep): void {
    this.#underWay.set(planned, this.#finish(planned));
  }

  async #finish(planned: PlannedStep): Promise<void> {
    try {
      this.#note(await runStep(planned, this.#context, this.#run, this.#record));
    } catch (error) {
      this.#accident = error;
    } finally {
      this.#underWay.delete(planned);
    }
  }

  /** Keeps the result; a step that is left alone for the same reason in every pass is kept once. */
  #note(result: ActionResult): void {
    if (result.acted !== 'skipped') this.#touched += 1;
    const known = this.#results.some(
      ({ acted, step, target, detail }) =>
        acted === 'skipped' && step === result.step && target === result.target && detail === result.detail,
    );
    if (!known) this.#results.push(result);
  }

  /** Throws what went wrong with the tool itself (a journal that cannot be written), if anything did. */
  check(): void {
    if (this.#accident !== undefined) throw this.#accident;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay.values());
    this.check();
  }
}
