import { refText } from '../../domain/object-ref.ts';
import type { Observation } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { PastAction } from '../history.ts';
import { countedSince } from './counted-since.ts';
import { defineGuard } from './define-guard.ts';

/** Actions that count on the step's object, or on the pods of the same controller: a new pod has a new name. */
export function lately(
  step: PlannedStep,
  past: readonly PastAction[],
  observation: Observation,
): readonly PastAction[] {
  const target = refText(step.target);
  const { owner = '' } = step.parameters;
  const since = countedSince(observation, past);
  return past.filter(
    (action) =>
      action.intendedAt > since &&
      (action.target === target || (owner !== '' && action.owner === owner && action.step === step.step)),
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
    const onObject = lately(step, past, observation);
    const since = countedSince(observation, past);
    const inAll = past.filter(({ intendedAt }) => intendedAt > since);
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
