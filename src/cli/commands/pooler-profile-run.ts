import type { ActionResult } from '../../domain/action-result.ts';
import { refText } from '../../domain/object-ref.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { UsageError } from '../errors.ts';
import { holdingLock } from '../holding-lock.ts';
import type { Session } from '../session.ts';
import { runSteps } from './run-steps.ts';

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

const goesOn = ({ step, verified }: ActionResult): boolean => verified === 'yes' || independent.has(step);

/** Runs the steps in order under the cluster's lock; each is in the journal before it is done. */
export function runProfileSteps(
  session: Session,
  command: string,
  chosen: readonly PlannedStep[],
): Promise<readonly ActionResult[]> {
  return holdingLock(session.target, `rekindle ${command}`, () => runSteps(session, command, chosen, goesOn));
}
