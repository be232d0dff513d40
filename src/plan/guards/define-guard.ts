import type { Observation } from '../../domain/observation.ts';
import type { PlannedStep, Refusal } from '../../domain/plan.ts';
import type { Stack } from '../../domain/stack.ts';
import type { PastAction } from '../history.ts';

/** What an agent may do without anybody looking. */
export interface Restraint {
  /** Actions on one object, or on the pods of one controller, within an hour, over all runs since all nodes started. */
  readonly perObjectAndHour: number;
  /** Actions on the whole stack, counted in the same way. */
  readonly perHour: number;
}

export interface GuardContext {
  readonly stack: Stack;
  readonly observation: Observation;
  /** Actions of this and earlier runs on this cluster, oldest first; their times as the observation's clock tells them. */
  readonly past: readonly PastAction[];
  readonly run: string;
  /** What actions under way reserve (`reservedBy`). */
  readonly busy: ReadonlySet<string>;
  /** Folder that files of an emptyDir may be copied to (`--copy-out`), absolute; undefined: the user gave none. */
  readonly copyOut?: string | undefined;
  /** How far an agent holds itself back; undefined: a person asked, who sees what happens. */
  readonly restraint?: Restraint | undefined;
}

/** One reason not to act. Pure: a refusal with its reason, or undefined to let the step pass. */
export interface Guard {
  readonly id: string;
  readonly judge: (
    step: PlannedStep,
    context: GuardContext,
  ) => Omit<Refusal, 'guard' | 'step' | 'target'> | undefined;
}

/** Identity helper: gives a guard its type where it is written. */
export function defineGuard(guard: Guard): Guard {
  return guard;
}
