import type { PlannedStep, StepName } from '../domain/plan.ts';
import type { ProbeAnswer } from '../domain/verdict.ts';
import type { ObserveContext } from '../observe/context.ts';
import type { ClusterWriter } from '../ports/cluster.ts';

/** What a step may use: everything that observing may, and the writer. */
export interface ActContext extends ObserveContext {
  readonly writer: ClusterWriter;
  readonly signal: AbortSignal;
}

/** One action. Every step may run twice: it is harmless when repeated. */
export interface Step {
  readonly name: StepName;
  /** Reads the target once more right before acting; a sentence is a reason to leave it alone. */
  readonly precondition: (planned: PlannedStep, context: ActContext) => Promise<string | undefined>;
  /** Does it and says in one line what was done. Throws when it could not be done or when that is unknown. */
  readonly run: (planned: PlannedStep, context: ActContext) => Promise<string>;
  /** The question whose yes proves the step. */
  readonly probe: (planned: PlannedStep, context: ActContext) => Promise<ProbeAnswer>;
  /** Longest time that the probe is asked for, ms. */
  readonly proofMs: number;
}

/** Identity helper: gives a step its type where it is written. */
export function defineStep(step: Step): Step {
  return step;
}

/** A probe's answer with the time at which it was given. */
export function answer(context: Pick<ActContext, 'clock'>, yes: boolean, evidence: string): ProbeAnswer {
  return { answer: yes ? 'yes' : 'no', evidence, at: context.clock.now() };
}
