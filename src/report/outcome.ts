import type { ActionResult } from '../domain/action-result.ts';
import type { ManualTask, Refusal } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';
import { refusalText, taskText, verdictText } from './text.ts';

/** An action as far as people are told of it; its id is for the journal. */
type ToldAction = Omit<ActionResult, 'action'>;

export interface Outcome {
  readonly verdict: Verdict;
  readonly actions: readonly ToldAction[];
  readonly refusals: readonly Refusal[];
  readonly tasks: readonly ManualTask[];
  readonly seconds: number;
}

/** One action and whether its own probe proved it. */
export function actionText({ step, target, acted, verified, did, detail, seconds }: ToldAction): string {
  const head = `${step} on ${target}`;
  if (acted === 'skipped') return `left alone: ${head}: ${detail}`;
  if (acted === 'failed') return `failed: ${head}: ${detail}`;
  const proof = verified === 'yes' ? 'proven' : `not proven (${verified})`;
  const words = did === undefined ? '' : ` (${did})`;
  return `done: ${head}${words} in ${seconds.toFixed(1)} s, ${proof}: ${detail}`;
}

/** The end of a run: the verdict, then what was done, then what was refused and what the reader can do. */
export function outcomeText({ verdict, actions, refusals, tasks, seconds }: Outcome): string {
  const done = actions.length === 0 ? ['Nothing was changed.'] : actions.map(actionText);
  const head = `${verdictText(verdict)} (${seconds.toFixed(1)} s)`;
  return [head, ...done, ...tasks.map(taskText), ...refusals.map(refusalText)].join('\n');
}
