import { runStep } from '../../act/runner.ts';
import type { ActionResult } from '../../domain/action-result.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { version } from '../process.ts';
import type { Session } from '../session.ts';

/**
 * Runs these steps one after the other, each in the journal before it is done, as `command`; `goesOn`: whether more is done after
 * this one (default: always). Nothing more is begun for somebody who wants it to end. The caller holds the cluster's lock.
 */
export async function runSteps(
  { context, log }: Pick<Session, 'context' | 'log'>,
  command: string,
  chosen: readonly PlannedStep[],
  goesOn: (result: ActionResult) => boolean = () => true,
): Promise<readonly ActionResult[]> {
  const results: ActionResult[] = [];
  if (chosen.length > 0) log.begin(command, version());
  for (const step of chosen) {
    if (context.signal.aborted) break;
    const result = await runStep(step, context, log.id, log.record);
    results.push(result);
    if (!goesOn(result)) break;
  }
  return results;
}
