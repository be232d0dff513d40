import { runStep } from '../../act/runner.ts';
import type { ActionResult } from '../../domain/action-result.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { version } from '../process.ts';
import type { Session } from '../session.ts';

/** Runs these steps one after the other; nothing more is begun for somebody who wants it to end. */
export async function runSteps(
  { context, log }: Pick<Session, 'context' | 'log'>,
  chosen: readonly PlannedStep[],
): Promise<readonly ActionResult[]> {
  const results: ActionResult[] = [];
  if (chosen.length > 0) log.begin('step run', version());
  for (const step of chosen) {
    if (context.signal.aborted) break;
    results.push(await runStep(step, context, log.id, log.record));
  }
  return results;
}
