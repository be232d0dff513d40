import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { counted } from '../judging/subjects.ts';
import { budgetsOf } from '../world/relations.ts';
import { wantedPods } from '../world/workload.ts';

const single = 'A drain takes its pod without asking; with one pod a budget could only forbid the drain.';

/**
 * A budget is asked by drains and evictions only: a loss of power asks nobody (kubernetes.io, Disruptions). A drain leaves
 * DaemonSets alone, and a CronJob’s pods end by themselves.
 */
export const disruptionBudgetMissing = defineCheck({
  id: 'disruption-budget-missing',
  title: 'No disruption budget',
  severity: 'medium',
  why: 'Draining nodes, which every upgrade of a managed cluster does, may take all copies at once.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets',
  needs: ['Deployment', 'StatefulSet', 'PodDisruptionBudget'],
  eachAlone: true,
  judge: (world) =>
    world.workloads
      .filter(({ kind }) => kind !== 'CronJob' && kind !== 'DaemonSet')
      .filter((workload) => budgetsOf(world, workload).length === 0)
      .map((workload) => {
        const { ref, podLabels, kind } = workload;
        const pods = wantedPods(workload);
        const several = pods > 1 && (kind === 'Deployment' || kind === 'StatefulSet');
        const terms = Object.entries(podLabels).map(([key, value]) => `${key}=${value}`);
        return {
          object: ref,
          severity: several ? ('medium' as const) : ('info' as const),
          claim: several ? `A drain may take all ${counted(pods, 'pod')} at once.` : single,
          evidence: [['PodDisruptionBudgets of its namespace', 'none selects its pods']],
          advice: several
            ? {
                say: 'Allow one of them to be away.',
                command: kubectl(
                  ref,
                  `create poddisruptionbudget ${ref.name} --selector=${terms.join(',')} --max-unavailable=1`,
                ),
              }
            : {
                say:
                  kind === 'Job'
                    ? 'Nothing has to be done.'
                    : 'Run a second copy first; then a budget has something to keep.',
              },
        };
      }),
});
