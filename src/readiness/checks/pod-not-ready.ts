import { defineCheck, type Draft } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import type { ContainerStatus, Pod } from '../world/pod.ts';

function troubleOf(pod: Pod, { name, ready, state }: ContainerStatus, isInit: boolean): string | undefined {
  if (state.waiting) return `container ${name} waits: ${state.waiting.reason ?? 'no reason given'}`;
  if (state.terminated && !isInit && pod.phase !== 'Succeeded')
    return `container ${name} has ended: ${state.terminated.reason ?? `exit code ${state.terminated.exitCode}`}`;
  return ready || isInit || pod.phase === 'Succeeded' ? undefined : `container ${name} is not ready`;
}

function judge(pod: Pod): readonly Draft[] {
  const phase =
    ['Running', 'Succeeded'].includes(pod.phase) && !pod.deleting
      ? []
      : [pod.deleting ? 'it is being deleted' : `its phase is ${pod.phase}`];
  const troubles = [
    ...phase,
    ...(pod.unschedulable === undefined ? [] : [`no node takes it: ${pod.unschedulable}`]),
    ...pod.initStatuses.flatMap((status) => troubleOf(pod, status, true) ?? []),
    ...pod.statuses.flatMap((status) => troubleOf(pod, status, false) ?? []),
  ];
  const [first] = troubles;
  if (first === undefined) return [];
  return [
    {
      object: pod.top,
      claim: `Pod ${pod.ref.name} does not serve: ${first}.`,
      evidence: troubles.map((trouble) => ['status', trouble, pod.ref] as const),
      advice: { say: 'See why.', command: kubectl(pod.ref, `describe pod/${pod.ref.name}`) },
    },
  ];
}

/** Whatever the reason: `rekindle diagnose` looks for it. */
export const podNotReady = defineCheck({
  id: 'pod-not-ready',
  title: 'A pod does not serve now',
  severity: 'high',
  why: 'What does not work on a quiet day will not work after the next loss of power.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase',
  needs: ['Pod', 'ReplicaSet', 'Job'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) => world.pods.flatMap((pod) => judge(pod)),
});
