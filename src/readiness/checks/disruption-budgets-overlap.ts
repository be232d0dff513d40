import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { budgetsOf } from '../world/relations.ts';

/** An eviction of a pod with more than one budget is refused (kubernetes pkg/registry/core/pod/storage/eviction.go). */
export const disruptionBudgetsOverlap = defineCheck({
  id: 'disruption-budgets-overlap',
  title: 'Pods under several disruption budgets',
  severity: 'medium',
  why: 'The API refuses to evict such a pod at all: no node with one can be drained.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/',
  needs: ['PodDisruptionBudget', 'Deployment', 'StatefulSet'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads.flatMap((workload) => {
      const budgets = budgetsOf(world, workload);
      if (budgets.length < 2) return [];
      return [
        {
          object: workload.ref,
          claim: `Its pods are under ${budgets.length} budgets, and the API evicts no such pod.`,
          evidence: budgets.map(({ ref }) => ['spec.selector', 'selects these pods', ref] as const),
          advice: { say: 'Keep one of them.', command: kubectl(workload.ref, 'get poddisruptionbudgets') },
        },
      ];
    }),
});
