import { Registry } from 'prom-client';

import type { Listener, Pass } from '../app/run-log.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import type { StepName } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Clock } from '../ports/clock.ts';
import { tellBackups, type ToldBackups } from './backup-instruments.ts';
import { handle } from './handlers.ts';
import { type Instruments, instruments, states } from './instruments.ts';
import { isProof, Recoveries } from './recoveries.ts';

export interface MetricsOptions {
  /** Of this program. */
  readonly version: string;
  /** Name of the stack, or of its cluster; asked at each scrape, because discovery may know it only later. */
  readonly stack: () => string;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** What is known of the stack's backups, asked at each scrape: other processes make them. */
  readonly backups?: () => ToldBackups | undefined;
}

/** A text in pieces that need not be copied to be sent. */
export interface Exposition {
  readonly parts: readonly (Buffer | string)[];
  readonly contentType: string;
}

const usableAs: Readonly<Record<Verdict['state'], number>> = {
  healthy: 1,
  broken: 0,
  settling: 0,
  unknown: Number.NaN,
};

/** The worst that a look found, when it found something that decides. */
function stateOf({ findings }: Pass): Exclude<Verdict['state'], 'healthy'> | undefined {
  const kinds = new Set(findings.map(({ kind }) => kind));
  return (['broken', 'settling', 'unknown'] as const).find((kind) => kinds.has(kind));
}

/** Metrics of one agent as folds over journal events and passes, in a registry of their own. */
export class Metrics implements Listener {
  readonly #current = new Registry();
  readonly #counted = new Registry();
  /** The text of what was counted, with the number of changes that it has seen. */
  #kept: { readonly bytes: Buffer; readonly stack: string; readonly changes: number } | undefined;
  #changes = 0;
  readonly #made: Instruments;
  readonly #clock: MetricsOptions['clock'];
  readonly #stack: () => string;
  readonly #backups: () => ToldBackups | undefined;
  readonly #recoveries = new Recoveries();
  /** Steps whose end was not heard yet, by action. */
  readonly #steps = new Map<string, StepName>();
  /** Labels of findings that are or were there: what is gone is told as 0, not left out. */
  readonly #known = new Map<string, { fault: string; layer: string; kind: string }>();
  /** What waits for a person, as the last plan says and as the agent says. */
  #planned = 0;
  #called = 0;
  /** When the last look ended; monotonic, ms. */
  #lastLook: number | undefined;

  constructor({ version, stack, clock, backups = () => undefined }: MetricsOptions) {
    this.#made = instruments({ current: this.#current, counted: this.#counted });
    this.#clock = clock;
    this.#stack = stack;
    this.#backups = backups;
    this.#made.build.set({ version }, 1);
  }

  /**
   * Takes what the journal already holds of the cluster that this kubeconfig context leads to: an agent that was restarted
   * still knows the last proof, and the name of an action whose end is only heard now. Nothing is counted once more.
   */
  remember(past: readonly StoredEvent[], context: string): void {
    const started = past.filter((event) => event.type === 'run-started' && event.context === context);
    const runs = new Set(started.map(({ run }) => run));
    for (const event of past) if (runs.has(event.run)) this.#rememberOne(event);
  }

  /** Everything in Prometheus's text format. */
  async exposition(): Promise<Exposition> {
    const stack = this.#stack();
    tellBackups(this.#made.backups, this.#backups());
    this.#current.setDefaultLabels({ stack });
    const parts = [await this.#countedText(stack), '\n', await this.#current.metrics()];
    return { parts, contentType: this.#current.contentType };
  }

  /** How long ago the last look ended, ms; undefined when there was none. */
  sinceLook(): number | undefined {
    return this.#lastLook === undefined ? undefined : this.#clock.monotonic() - this.#lastLook;
  }

  readonly stored = (event: StoredEvent): void => {
    this.#noteProof(event);
    const recovery = this.#recoveries.stored(event, this.#clock.monotonic());
    if (recovery !== undefined) {
      this.#made.recovery.observe({ outcome: recovery.outcome }, recovery.seconds);
      this.#noteRecovery(recovery, event);
    }
    this.#count(event);
    this.#changes += 1;
    if (event.type === 'run-ended') this.#tell(event.verdict.state);
  };

  /** A look by findings: trouble is told at once, usable is what only a verdict or `looked` says. */
  readonly passed = (pass: Pass): void => {
    this.#seen();
    const state = stateOf(pass);
    if (state !== undefined) this.#tell(state);
    this.#tellFindings(pass);
    const { tasks, refusals } = pass.plan;
    this.#planned = tasks.length + refusals.filter(({ kind }) => kind === 'human').length;
    this.#tellNeeds();
  };

  /** A look has ended, a visit of the front door for example, and this is what it says. */
  looked(state: Verdict['state']): void {
    this.#seen();
    this.#tell(state);
  }

  /** The stack was proven to be usable just now, by something that the journal does not hold. */
  proven(): void {
    this.#made.lastProofAt.set(this.#clock.now() / 1000);
  }

  /** The agent has called for a person, or the person is not needed any more. */
  needsHuman(isNeeded: boolean): void {
    this.#called = isNeeded ? 1 : 0;
    this.#tellNeeds();
  }

  paused(isPaused: boolean): void {
    this.#made.paused.set(isPaused ? 1 : 0);
  }

  /** Made anew only when something was counted since: in a hundred scrapes of an idle agent it is the same. */
  async #countedText(stack: string): Promise<Buffer> {
    const changes = this.#changes;
    if (this.#kept?.changes !== changes || this.#kept.stack !== stack) {
      this.#counted.setDefaultLabels({ stack });
      this.#kept = { bytes: Buffer.from(await this.#counted.metrics()), stack, changes };
    }
    return this.#kept.bytes;
  }

  #seen(): void {
    this.#lastLook = this.#clock.monotonic();
    this.#made.lastLookAt.set(this.#clock.now() / 1000);
  }

  #tell(state: Verdict['state']): void {
    this.#made.usable.set(usableAs[state]);
    for (const one of states) this.#made.state.set({ state: one }, one === state ? 1 : 0);
  }

  #tellNeeds(): void {
    this.#made.needsHuman.set(Math.max(this.#planned, this.#called));
  }

  #tellFindings({ findings }: Pass): void {
    const counts = new Map<string, number>();
    for (const { fault, layer, kind } of findings) {
      const key = `${fault} ${layer} ${kind}`;
      this.#known.set(key, { fault, layer, kind });
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, labels] of this.#known) this.#made.findings.set(labels, counts.get(key) ?? 0);
  }

  #count(event: StoredEvent): void {
    handle(event, {
      'step-intended': ({ action, step }) => void this.#steps.set(action, step.step),
      'step-acted': ({ action, acted }) => {
        if (acted !== 'done') this.#countAction(action, acted, 'unknown');
      },
      'step-verified': ({ action, verified }) => this.#countAction(action, 'done', verified),
      'step-refused': ({ refusal: { guard, step } }) => this.#made.refusals.inc({ guard, step }),
    });
  }

  #countAction(action: string, acted: string, verified: string): void {
    this.#made.actions.inc({ step: this.#steps.get(action) ?? 'unknown', acted, verified });
    this.#steps.delete(action);
  }

  #rememberOne(event: StoredEvent): void {
    this.#noteProof(event);
    const recovery = this.#recoveries.stored(event, event.at);
    if (recovery !== undefined) this.#noteRecovery(recovery, event);
    if (event.type === 'step-intended') this.#steps.set(event.action, event.step.step);
    if (event.type === 'step-verified') this.#steps.delete(event.action);
    if (event.type === 'step-acted' && event.acted !== 'done') this.#steps.delete(event.action);
  }

  #noteRecovery({ outcome, seconds }: { outcome: string; seconds: number }, { at }: StoredEvent): void {
    if (outcome !== 'healthy') return;
    this.#made.lastRecoverySeconds.set(seconds);
    this.#made.lastRecoveryAt.set(at / 1000);
  }

  #noteProof(event: StoredEvent): void {
    if (isProof(event)) this.#made.lastProofAt.set(event.at / 1000);
  }
}
