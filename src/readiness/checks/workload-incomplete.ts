import { defineCheck, type Draft } from '../define-check.ts';
import { kubectl, target } from '../judging/commands.ts';
import { counted } from '../judging/subjects.ts';
import { podsOf } from '../world/relations.ts';
import { wantedPods, type Workload } from '../world/workload.ts';
import type { World } from '../world/world.ts';

/** How many pods it should have and has; a DaemonSet wants one on each node that may run it. */
function counts(workload: Workload): readonly [wanted: number, ready: number, field: string] {
  const { kind, status } = workload;
  if (kind === 'DaemonSet')
    return [status.desiredNumberScheduled ?? 0, status.numberReady ?? 0, 'status.desiredNumberScheduled'];
  const ready = (kind === 'Deployment' ? status.availableReplicas : status.readyReplicas) ?? 0;
  return [wantedPods(workload), ready, 'spec.replicas'];
}

function judge(world: World, workload: Workload): Draft | undefined {
  const { ref, kind } = workload;
  const [wanted, ready, field] = counts(workload);
  const nowhere = kind === 'DaemonSet' && wanted === 0;
  if (!nowhere && (wanted === 0 || ready >= wanted)) return undefined;
  const waiting = podsOf(world, workload).filter((pod) => !pod.ready);
  return {
    object: ref,
    severity: nowhere ? 'medium' : 'high',
    claim: nowhere
      ? 'No node may run it: it has no pod at all.'
      : `${ready} of ${counted(wanted, 'pod')} ${ready === 1 ? 'is' : 'are'} ready.`,
    evidence: [
      [field, String(wanted)],
      ['status', `${ready} ready`],
      ...waiting.map((pod) => ['status.phase', pod.unschedulable ?? pod.phase, pod.ref] as const),
    ],
    advice: { say: 'See why.', command: kubectl(ref, `describe ${target(ref)}`) },
  };
}

/** What is missing now, whatever the reason; `rekindle diagnose` looks for the reason. */
export const workloadIncomplete = defineCheck({
  id: 'workload-incomplete',
  title: 'Pods are missing now',
  severity: 'high',
  why: 'What is not complete on a quiet day has nothing to spare on a bad one.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status',
  needs: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) =>
    world.workloads.flatMap((workload) =>
      ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].includes(workload.kind)
        ? (judge(world, workload) ?? [])
        : [],
    ),
});
