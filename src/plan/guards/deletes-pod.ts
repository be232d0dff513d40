import type { PlannedStep, StepName } from '../../domain/plan.ts';

const deleting: ReadonlySet<StepName> = new Set([
  'restart-crash-looping-pod',
  'restart-pod-with-its-files',
  'restart-stuck-pod',
  'restart-pooler',
]);

/** Whether the step deletes a pod that its controller then has to make again. */
export function deletesPod({ step }: PlannedStep): boolean {
  return deleting.has(step);
}
