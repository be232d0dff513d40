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
}

/** The result for people. */
export function resultText({ cluster, backup, steps, seconds, lost, verdict }: RebuildResult): string {
  const head =
    verdict.state === 'healthy'
      ? `restored: cluster ${cluster} is back from backup ${backup} (${seconds.toFixed(0)} s).`
      : `cluster ${cluster} was made from backup ${backup}, and is not proven (${seconds.toFixed(0)} s).`;
  return [
    head,
    `  ${verdict.sentence}`,
    ...steps.map((step) => `  ${step.seconds.toFixed(1).padStart(6)} s  ${step.id}: ${step.detail}`),
    ...lost.map(({ sentence }) => `  ${sentence}`),
  ].join('\n');
}
