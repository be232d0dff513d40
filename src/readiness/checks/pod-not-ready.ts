import { refText } from '../../domain/object-ref.ts';
import { defineCheck, type Draft } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import type { ContainerStatus, Pod } from '../world/pod.ts';

function troubleOf(pod: Pod, { name, ready, state }: ContainerStatus, isInit: boolean): string | undefined {
  if (state.waiting) return `container ${name} waits: ${state.waiting.reason ?? 'no reason given'}`;
  if (state.terminated && !isInit && pod.phase !== 'Succeeded')
    return `container ${name} has ended: ${state.terminated.reason ?? `exit code ${state.terminated.exitCode}`}`;
  return ready || isInit || pod.phase === 'Succeeded' ? undefined : `container ${name} is not ready`;
}

/** A pod that is late by less is still being ended, ms. */
const lateMs = 60_000;

function ofPhase({ phase, reason, deleting, goneBy = 0 }: Pod, at: number): readonly string[] {
  if (deleting) return at - goneBy > lateMs ? ['it is being deleted and does not go'] : [];
  if (phase === 'Running' || phase === 'Succeeded') return [];
  return [`its phase is ${phase}${reason === undefined ? '' : ` (${reason})`}`];
}

function troublesOf(pod: Pod, at: number): readonly string[] {
  const phase = ofPhase(pod, at);
  // One that ends as it should says of its containers what they are then.
  if (pod.deleting) return phase;
  return [
    ...phase,
    ...(pod.unschedulable === undefined ? [] : [`no node takes it: ${pod.unschedulable}`]),
    ...pod.initStatuses.flatMap((status) => troubleOf(pod, status, true) ?? []),
    ...pod.statuses.flatMap((status) => troubleOf(pod, status, false) ?? []),
  ];
}

/** What its controller has replaced, or tries again; the object lies there until somebody or the garbage collection deletes it. */
function isLeftOver({ phase, top, ref }: Pod): boolean {
  return phase === 'Failed' && top.kind !== 'StatefulSet' && refText(top) !== refText(ref);
}

function judge(pod: Pod, at: number): readonly Draft[] {
  const troubles = troublesOf(pod, at);
  const [first] = troubles;
  if (first === undefined) return [];
  const evidence = troubles.map((trouble) => ['status', trouble, pod.ref] as const);
  const command = kubectl(pod.ref, `describe pod/${pod.ref.name}`);
  if (isLeftOver(pod))
    return [
      {
        object: pod.top,
        severity: 'low',
        claim: `Pod ${pod.ref.name} is left over from a failure: ${first}.`,
        evidence,
        advice: { say: 'See why it failed; then it may be deleted.', command },
      },
    ];
  return [
    {
      object: pod.top,
      claim: `Pod ${pod.ref.name} does not serve: ${first}.`,
      evidence,
      advice: { say: 'See why.', command },
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
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) => world.pods.flatMap((pod) => judge(pod, world.at)),
});
