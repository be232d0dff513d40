import { refText } from '../../domain/object-ref.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { PastAction } from '../history.ts';
import { countedActions } from './counted-actions.ts';
import { defineGuard } from './define-guard.ts';

/** Those of the actions that were on the step's object, or on the pods of the same controller: a new pod has a new name. */
export function onSameObject(step: PlannedStep, actions: readonly PastAction[]): readonly PastAction[] {
  const target = refText(step.target);
  const { owner = '' } = step.parameters;
  return actions.filter(
    (action) =>
      action.target === target || (owner !== '' && action.owner === owner && action.step === step.step),
  );
}

/**
 * What nobody watches is limited over all runs: an agent that does the same again and again hides a cause, and wears out
 * what it restarts. A person who runs `up` is not limited by it.
 */
export const hourlyBudget = defineGuard({
  id: 'hourly-budget',
  judge: (step, { past, observation, restraint }) => {
    if (restraint === undefined) return undefined;
    const { perObjectAndHour, perHour } = restraint;
    const inAll = countedActions(observation, past);
    const onObject = onSameObject(step, inAll);
    const isObject = onObject.length >= perObjectAndHour;
    if (!isObject && inAll.length < perHour) return undefined;
    const last = (isObject ? onObject : inAll).at(-1);
    const where = isObject ? refText(step.target) : 'this stack';
    return {
      reason: `The agent acted ${isObject ? onObject.length : inAll.length} times on ${where} within the last hour and does no more by itself; the last time: ${last?.detail ?? 'its end was not heard'}.`,
      advice: 'A person has to look: `rekindle history` shows what was done; `rekindle up` goes on at once.',
      kind: 'human',
    };
  },
});
