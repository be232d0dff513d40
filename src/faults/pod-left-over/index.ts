import type { Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { Observation, PodFacts } from '../../domain/observation.ts';
import { hasLabels, isFresh } from '../../domain/pod-selection.ts';
import { defineFault } from '../define-fault.ts';

/** The pod's workload has all the pods that it wants: nobody waits for this one. */
function isReplaced(pod: PodFacts, observation: Observation): boolean {
  const containers = seen(observation.containers);
  const workload = (seen(observation.workloads) ?? []).find(({ selector }) => hasLabels(pod, selector));
  if (workload === undefined || workload.wanted === 0) return false;
  const working = (seen(observation.pods) ?? []).filter(
    (other) =>
      hasLabels(other, workload.selector) && other.ready && !other.deleting && isFresh(other, containers),
  );
  return working.length >= workload.wanted;
}

function isLeftOver(pod: PodFacts, observation: Observation): boolean {
  // A ReplicaSet ignores its failed pods for ever; a StatefulSet and a DaemonSet remove theirs, a Job counts them.
  if (pod.phase !== 'Failed' || pod.deleting || pod.owner?.kind !== 'ReplicaSet') return false;
  return pod.containers.every(({ state }) => state !== 'running') && isReplaced(pod, observation);
}

function findingOf(pod: PodFacts, at: number): Finding {
  const object = `Pod ${pod.namespace}/${pod.name}`;
  const why = pod.reason === undefined ? '' : ` (${pod.reason})`;
  return {
    fault: 'pod-left-over',
    layer: 'app',
    object: { kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid },
    claim: `${pod.name} failed${why} and was replaced; only its entry is left.`,
    kind: 'notice',
    evidence: [
      { object, field: 'status.phase', value: `${pod.phase}${why}`, at },
      ...(pod.message === undefined ? [] : [{ object, field: 'status.message', value: pod.message, at }]),
    ],
    causedBy: [],
  };
}

/**
 * Entries of failed or evicted pods that a ReplicaSet has long replaced. They serve nobody and harm nobody, but they
 * make a list of pods unreadable. The kubelet has already torn down what such a pod kept on its node (kubernetes.io, Pod
 * lifecycle, garbage collection of pods). Finished pods of Jobs are left alone: they are the Job's result.
 */
export const podLeftOver = defineFault({
  id: 'pod-left-over',
  layer: 'app',
  title: 'The entry of a failed pod is left',
  check: (observation) =>
    (seen(observation.pods) ?? [])
      .filter((pod) => isLeftOver(pod, observation))
      .map((pod) => findingOf(pod, observation.at)),
  remedy: (finding, observation) => [
    {
      step: 'delete-left-over-pod',
      target: finding.object,
      risk: 'safe',
      because: finding.fault,
      reason: 'None of its containers runs, and its workload has all the pods that it wants.',
      provenBy: 'the entry is gone',
      undo: 'none: there is nothing behind the entry',
      evidenceAt: observation.at,
      parameters: {},
    },
  ],
});
