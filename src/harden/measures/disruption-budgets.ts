import { seen } from '../../domain/looked.ts';
import { disruptionsWhenHealthy, type Budget } from '../budget.ts';
import { fact } from '../facts.ts';
import type { HardenInventory } from '../inventory.ts';
import { measureId, undoBy, type Change, type JudgeMeasure, type Measure } from '../measure.ts';

function changeOf({ writer, minAvailable }: Budget): Change {
  if (writer?.includes('Zalando') === true)
    return {
      by: 'nothing',
      reason:
        'The operator makes it on purpose: it keeps the primary from being evicted before a switchover (its administrator’s guide, Pod Disruption Budgets). Move the primary first, or set enable_pod_disruption_budget for a while.',
    };
  if (writer !== undefined) return { by: 'hand', todo: `${writer} writes this object: change it there.` };
  const spec = { ...(minAvailable !== undefined && { minAvailable: null }), maxUnavailable: 1 };
  return { by: 'patch', patch: { spec }, restarts: 0 };
}

const rule = ({ minAvailable, maxUnavailable }: Budget) =>
  maxUnavailable === undefined
    ? `minAvailable ${minAvailable ?? '(unset)'}`
    : `maxUnavailable ${maxUnavailable}`;

function measureOf(inventory: HardenInventory, budget: Budget): Measure {
  const { namespace, name, expectedPods, disruptionsAllowed } = budget;
  const object = { kind: 'PodDisruptionBudget', namespace, name };
  const id = measureId('disruption-budget', object);
  return {
    id,
    name: 'disruption-budget',
    object,
    what: 'It lets one pod go at a time.',
    why: `With ${rule(budget)} of ${expectedPods} pod(s) none may ever be evicted, even when all of them are well: every drain of a node waits for ever.`,
    evidence: [
      fact(inventory, object, 'spec', rule(budget)),
      fact(inventory, object, 'status', `${expectedPods} pods counted, ${disruptionsAllowed} may go now`),
    ],
    change: changeOf(budget),
    undo: undoBy(id),
    cannot: [
      'With a single pod a drain takes it away, and there is none until the next one is ready.',
      'It says nothing about a loss of power: that asks no budget.',
    ],
  };
}

/** Budgets that allow no eviction even when everything is well (kubernetes.io, Specifying a Disruption Budget). */
export const disruptionBudgets: JudgeMeasure = (inventory) =>
  (seen(inventory.budgets) ?? [])
    .filter((budget) => budget.expectedPods > 0 && disruptionsWhenHealthy(budget) === 0)
    .map((budget) => measureOf(inventory, budget));
