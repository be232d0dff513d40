import { runStep } from '../../act/runner.ts';
import type { ActionResult } from '../../domain/action-result.ts';
import { refText } from '../../domain/object-ref.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { UsageError } from '../errors.ts';
import { holdingLock } from '../holding-lock.ts';
import { version } from '../process.ts';
import type { Session } from '../session.ts';

function keyOf({ step, target, parameters }: PlannedStep): string {
  return `${step} ${refText(target)} ${target.uid ?? ''} ${JSON.stringify(parameters)}`;
}

/** The same step for two poolers of one stack is done once. */
export function withoutRepeats(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return [...new Map(steps.map((step) => [keyOf(step), step])).values()];
}

/** Throws UsageError when a step replaces the pooler's pods and nobody has allowed that. */
export function assertAllowed(steps: readonly PlannedStep[], isAllowed: boolean): void {
  const replacing = steps.find(({ risk }) => risk === 'disruptive');
  if (replacing === undefined || isAllowed) return;
  throw new UsageError({
    what: 'Nothing was done',
    cause: `${replacing.step} replaces the pods of the pooler, one after the other, and their clients connect anew`,
    place: refText(replacing.target),
    next: 'Say --restart-poolers when that may happen now, or look at it first with --dry-run.',
  });
}

/** Steps on one process do not hang on each other; after any other that failed nothing more is done. */
const independent: ReadonlySet<string> = new Set(['apply-pooler-profile', 'reload-pooler-settings']);

/** Runs the steps in order under the cluster's lock; each is in the journal before it is done. */
export function runSteps(
  { context, log, target }: Session,
  command: string,
  chosen: readonly PlannedStep[],
): Promise<readonly ActionResult[]> {
  return holdingLock(target, `rekindle ${command}`, async () => {
    const results: ActionResult[] = [];
    if (chosen.length > 0) log.begin(command, version());
    for (const step of chosen) {
      if (context.signal.aborted) break;
      const result = await runStep(step, context, log.id, log.record);
      results.push(result);
      if (result.verified !== 'yes' && !independent.has(step.step)) break;
    }
    return results;
  });
}
