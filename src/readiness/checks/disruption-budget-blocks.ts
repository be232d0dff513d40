import { defineCheck, type Draft } from '../define-check.ts';
import { disruptionsWhenHealthy } from '../../harden/budget.ts';
import { hardenPatches } from '../judging/commands.ts';
import { matches } from '../world/relations.ts';
import { wantedPods } from '../world/workload.ts';
import type { BudgetFields } from '../world/policy.ts';
import type { Thing } from '../world/thing.ts';
import type { World } from '../world/world.ts';

/** Pods that it covers, as its controller counts them, or as the workloads want them. */
function podsUnder({ workloads }: World, { ref, fields }: Thing<BudgetFields>): number {
  const wanted = workloads
    .filter(
      (workload) =>
        workload.ref.namespace === ref.namespace &&
        ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(workload.kind) &&
        matches(fields.spec.selector, workload.podLabels),
    )
    .reduce((sum, workload) => sum + wantedPods(workload), 0);
  return fields.status.expectedPods ?? wanted;
}

function ruleOf({ minAvailable, maxUnavailable }: BudgetFields['spec']) {
  return {
    ...(minAvailable !== null && minAvailable !== undefined && { minAvailable }),
    ...(maxUnavailable !== null && maxUnavailable !== undefined && { maxUnavailable }),
  };
}

function judge(world: World, budget: Thing<BudgetFields>): Draft | undefined {
  const { ref, fields } = budget;
  const expectedPods = podsUnder(world, budget);
  const rule = ruleOf(fields.spec);
  const counts = { namespace: ref.namespace ?? '', name: ref.name, disruptionsAllowed: 0, expectedPods };
  if (expectedPods === 0 || disruptionsWhenHealthy({ ...counts, ...rule }) > 0) return undefined;
  return {
    object: ref,
    claim: `Of its ${expectedPods} pod(s) none may ever be evicted, even when all are well: every drain waits for ever.`,
    evidence: [
      ['spec', JSON.stringify(rule)],
      ['status.expectedPods', String(expectedPods)],
    ],
    advice: {
      say: 'Let it allow one pod to be away.',
      ...hardenPatches('disruption-budget', ref),
    },
  };
}

/** kubernetes.io, Specifying a Disruption Budget, Arbitrary workloads and dead-locks. */
export const disruptionBudgetBlocks = defineCheck({
  id: 'disruption-budget-blocks',
  title: 'A disruption budget that allows nothing',
  severity: 'medium',
  why: 'A node can then not be drained: upgrades of a managed cluster hang, and somebody deletes the pods by hand in the end.',
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
  needs: ['PodDisruptionBudget', 'Deployment', 'StatefulSet'],
  judge: (world) => world.budgets.flatMap((budget) => judge(world, budget) ?? []),
});
