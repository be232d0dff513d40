import type { PlannedStep, StepName } from '../../domain/plan.ts';

const deleting: ReadonlySet<StepName> = new Set(['restart-crash-looping-pod', 'restart-pooler']);

/** Whether the step deletes the pod that it acts on. */
export function deletesPod({ step }: PlannedStep): boolean {
  return deleting.has(step);
}
