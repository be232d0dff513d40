import type { RebuildPlan } from './plan-rebuild.ts';
import type { Proven } from './context.ts';
import type { Loss } from './loss.ts';
import type { StepResult } from './run-rebuild.ts';

/** A plan for people. */
export function planText({ cluster, backup, steps, images, lost, warnings }: RebuildPlan): string {
  return [
    `Cluster ${cluster} will be made from backup ${backup}:`,
    ...steps.map(({ title, isDone }, index) => `  ${index + 1}. ${title}${isDone ? ' (done before)' : ''}`),
    'Images:',
    ...images.map(({ image, from }) => `  ${image}: from ${from}`),
    'Up to where it goes:',
    ...lost.map(({ sentence }) => `  ${sentence}`),
    ...(warnings.length === 0 ? [] : ['Worth knowing:', ...warnings.map((text) => `  ${text}`)]),
  ].join('\n');
}

/** What came of a restore from nothing. */
export interface RebuildResult {
  readonly cluster: string;
  readonly backup: string;
  readonly steps: readonly StepResult[];
  readonly seconds: number;
  readonly lost: readonly Loss[];
  readonly verdict: Proven;
  /** Claims whose files are in the backup and were put into no volume. */
  readonly notPutBack: readonly string[];
}

function headOf({ cluster, backup, seconds, verdict, notPutBack }: RebuildResult): string {
  const took = `(${seconds.toFixed(0)} s)`;
  if (verdict.state !== 'healthy')
    return `cluster ${cluster} was made from backup ${backup}, and is not proven ${took}.`;
  return notPutBack.length === 0
    ? `restored: cluster ${cluster} is back from backup ${backup} ${took}.`
    : `cluster ${cluster} is back with not all of backup ${backup} ${took}.`;
}

/** The result for people. */
export function resultText(result: RebuildResult): string {
  const { backup, steps, lost, verdict, notPutBack } = result;
  const left = `  not put back: files of ${notPutBack.join(', ')}. Take them and put them in by hand: rekindle backup restore ${backup} --uploads ./files`;
  return [
    headOf(result),
    `  ${verdict.sentence}`,
    ...(notPutBack.length === 0 ? [] : [left]),
    ...steps.map((step) => `  ${step.seconds.toFixed(1).padStart(6)} s  ${step.id}: ${step.detail}`),
    ...lost.map(({ sentence }) => `  ${sentence}`),
  ].join('\n');
}
