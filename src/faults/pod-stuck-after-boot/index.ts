import { runningFor } from '../../domain/clock-skew.ts';
import type { Finding } from '../../domain/finding.ts';
import { kubeletReports } from '../../domain/kubelet-reports.ts';
import { seen } from '../../domain/looked.ts';
import type { NodeContainer, NodeFacts, Observation, PodFacts } from '../../domain/observation.ts';
import { isFresh, isInitialising, isOver } from '../../domain/pod-selection.ts';
import { defineFault } from '../define-fault.ts';

/** Pods start 5 to 14 s after their node (lab); a kubelet that still has not started one after this long is stuck, ms. */
const stuckAfterMs = 60_000;

/**
 * What containerd makes of a container that was running when the power went: it finds no process and writes exit code
 * 255 and the reason `Unknown`, which `kubectl get pods` then shows as the pod's status (containerd, CRI restart code).
 */
function endedWithThePower(pod: PodFacts): boolean {
  return (
    pod.containers.length > 0 &&
    pod.containers.every(({ state }) => state !== 'running') &&
    pod.containers.some(
      ({ state, reason, exitCode }) => state === 'terminated' && reason === 'Unknown' && exitCode === 255,
    )
  );
}

/** The kubelet has reported since its node's start, and has started other pods since: it works, and this pod does not. */
function kubeletWorks(node: NodeContainer, facts: NodeFacts | undefined, observation: Observation): boolean {
  const containers = seen(observation.containers);
  const startedOthers = (seen(observation.pods) ?? []).some(
    (pod) =>
      pod.node === node.name &&
      isFresh(pod, containers) &&
      pod.containers.some(({ state }) => state === 'running'),
  );
  return kubeletReports(node, facts, observation.at) && startedOthers;
}

function judge(pod: PodFacts, observation: Observation): Finding[] {
  const node = seen(observation.containers)?.find(({ name }) => name === pod.node);
  if (node?.state !== 'running') return [];
  const upMs = runningFor(node.startedAt, observation.at);
  if (upMs < stuckAfterMs || isInitialising(pod, node.startedAt)) return [];
  const facts = seen(observation.nodes)?.find(({ name }) => name === pod.node);
  if (!kubeletWorks(node, facts, observation)) return [];
  const upFor = Number.isFinite(upMs)
    ? `for ${Math.round(upMs / 1000)} s`
    : 'since before the clock was set back';
  return [
    {
      fault: 'pod-stuck-after-boot',
      layer: 'app',
      object: { kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid },
      claim: `${pod.name} ended with the power and its node, which is up ${upFor}, has not started it again.`,
      kind: 'broken',
      evidence: pod.containers.map((container) => ({
        object: `Pod ${pod.namespace}/${pod.name}`,
        field: `containers[${container.name}].state`,
        value: `${container.state} ${container.reason ?? ''} ${container.exitCode ?? ''}`.trim(),
        at: observation.at,
      })),
      against: `${node.name} has started other pods since and still reports.`,
      causedBy: ['network-cache-damaged'],
    },
  ];
}

/**
 * A pod whose containers ended with the power (exit 255, STATUS `Unknown`, phase `Running`) and that its kubelet does not
 * start again, although it starts others. Its controller makes a new one when it is deleted; the deletion is the normal
 * one, which waits for the kubelet's word, and guards keep it from a StatefulSet's pod that may still run.
 */
export const podStuckAfterBoot = defineFault({
  id: 'pod-stuck-after-boot',
  layer: 'app',
  title: 'A pod that ended with the power is not started again',
  check: (observation) =>
    (seen(observation.pods) ?? [])
      .filter((pod) => !pod.deleting && !isOver(pod) && endedWithThePower(pod))
      .flatMap((pod) => judge(pod, observation)),
  remedy: (finding, observation) => [
    {
      step: 'restart-stuck-pod',
      target: finding.object,
      risk: 'disruptive',
      because: finding.fault,
      reason: 'It serves nobody, and its controller makes a new one at once.',
      provenBy: 'a pod of the same owner runs with a later start',
      undo: 'none needed: its controller makes the same pod again',
      evidenceAt: observation.at,
      parameters: {
        owner: seen(observation.pods)?.find(({ uid }) => uid === finding.object.uid)?.owner?.name ?? '',
      },
    },
  ],
});
