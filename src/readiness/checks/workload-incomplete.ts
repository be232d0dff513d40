import { defineCheck, type Draft } from '../define-check.ts';
import { kubectl, target } from '../judging/commands.ts';
import { counted } from '../judging/subjects.ts';
import { podsOf } from '../world/relations.ts';
import { wantedPods, type Workload } from '../world/workload.ts';
import type { World } from '../world/world.ts';

function readyOf({ kind, status }: Workload): number {
  return (kind === 'Deployment' ? status.availableReplicas : status.readyReplicas) ?? 0;
}

function judge(world: World, workload: Workload): Draft | undefined {
  const { ref } = workload;
  const [wanted, ready] = [wantedPods(workload), readyOf(workload)];
  if (wanted === 0 || ready >= wanted) return undefined;
  const waiting = podsOf(world, workload).filter((pod) => !pod.ready);
  return {
    object: ref,
    claim: `${ready} of ${counted(wanted, 'pod')} ${ready === 1 ? 'is' : 'are'} ready.`,
    evidence: [
      ['spec.replicas', String(wanted)],
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
  needs: ['Deployment', 'StatefulSet', 'ReplicaSet', 'Pod'],
  isLive: true,
  judge: (world) =>
    world.workloads.flatMap((workload) =>
      ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(workload.kind)
        ? (judge(world, workload) ?? [])
        : [],
    ),
});
