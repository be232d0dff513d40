import { defineCheck, type Draft } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { counted } from '../judging/subjects.ts';
import { budgetsOf, budgetsOver, podsOf } from '../world/relations.ts';
import { wantedPods, type Workload } from '../world/workload.ts';
import type { World } from '../world/world.ts';

const single = 'A drain takes its pod without asking; with one pod a budget could only forbid the drain.';

/** Somebody may label a few of the pods only, as Patroni does with its leader, and keep those. */
function inPart(world: World, workload: Workload): Draft | undefined {
  const pods = podsOf(world, workload);
  const bare = pods.filter(({ ref, labels }) => budgetsOver(world, ref, labels).length === 0);
  const over = pods.flatMap(({ ref, labels }) => budgetsOver(world, ref, labels));
  const [budget] = over;
  if (budget === undefined || bare.length === 0) return undefined;
  return {
    object: workload.ref,
    severity: bare.length > 1 ? 'medium' : 'info',
    claim: `Budget ${budget.ref.name} keeps ${counted(pods.length - bare.length, 'pod')} of ${pods.length}; a drain may take the others at once.`,
    evidence: bare.map(({ ref }) => ['PodDisruptionBudgets', 'none selects it', ref] as const),
    advice: {
      say: 'Where that is not meant, add a budget that selects the others only: the API evicts no pod that is under two.',
    },
  };
}

/** What a workload selects its pods by never changes; of other labels the next version may have others. */
function chosenLabels(selector: Workload['selector']): Workload['podLabels'] | undefined {
  const isPlain = selector !== undefined && selector.matchExpressions.length === 0;
  return isPlain && Object.keys(selector.matchLabels).length > 0 ? selector.matchLabels : undefined;
}

function draftOf(workload: Workload): Draft {
  const { ref, podLabels, kind, selector } = workload;
  const pods = wantedPods(workload);
  const evidence = [['PodDisruptionBudgets of its namespace', 'none selects its pods']] as const;
  if (pods > 1 && kind !== 'Job') {
    const terms = Object.entries(chosenLabels(selector) ?? podLabels).map(
      ([key, value]) => `${key}=${value}`,
    );
    const words = `create poddisruptionbudget ${ref.name} --selector=${terms.join(',')} --max-unavailable=1`;
    return {
      object: ref,
      claim: `A drain may take all ${counted(pods, 'pod')} at once.`,
      evidence,
      advice: { say: 'Allow one of them to be away.', command: kubectl(ref, words) },
    };
  }
  const say =
    kind === 'Job'
      ? 'Nothing has to be done.'
      : 'Run a second copy first; then a budget has something to keep.';
  return { object: ref, severity: 'info', claim: single, evidence, advice: { say } };
}

function judge(world: World, workload: Workload): Draft | undefined {
  const part = inPart(world, workload);
  if (part !== undefined) return part;
  const { ref } = workload;
  const isKept =
    budgetsOf(world, workload).length > 0 ||
    podsOf(world, workload).some(({ labels }) => budgetsOver(world, ref, labels).length > 0);
  return isKept ? undefined : draftOf(workload);
}

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
  needs: ['Pod', 'Deployment', 'StatefulSet', 'ReplicaSet', 'PodDisruptionBudget'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(({ kind }) => kind !== 'CronJob' && kind !== 'DaemonSet')
      .flatMap((workload) => judge(world, workload) ?? []),
});
