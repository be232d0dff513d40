import { seen } from '../../domain/looked.ts';
import type { Observation, PodFacts } from '../../domain/observation.ts';
import { defineGuard, type Guard } from './define-guard.ts';
import { deletesPod } from './deletes-pod.ts';
import { statefulPodObjection } from './stateful-pod.ts';

/**
 * Why the pod's place would be lost: somebody has cordoned its node, which keeps what is there and takes nothing new
 * (kubernetes.io, Manual Node administration). A rehearsal of the API does not show it, because it schedules nothing.
 */
function cordoned(pod: PodFacts, observation: Observation): ReturnType<Guard['judge']> {
  const node = seen(observation.nodes)?.find(({ name }) => name === pod.node);
  if (node?.unschedulable !== true) return undefined;
  return {
    reason: `Its node ${node.name} takes no new pods (it is cordoned), so a new one may find no place.`,
    advice: `When the node may take pods again: kubectl uncordon ${node.name}.`,
    kind: 'choice',
  };
}

/** Why its controller would not make it again, or not safely, by the kind of controller; undefined: it would. */
function ofOwner(
  pod: PodFacts,
  { kind, name }: NonNullable<PodFacts['owner']>,
  observation: Observation,
): string | undefined {
  if (kind === 'ReplicaSet') return undefined;
  const objection =
    kind === 'StatefulSet' ? statefulPodObjection(pod, observation) : 'that controller is not known here';
  return objection === undefined ? undefined : `It belongs to ${kind} ${name}, and ${objection}.`;
}

/** Only a pod that its controller makes again, and none of whose containers can still run beside the new one. */
export const unsafeToRecreate = defineGuard({
  id: 'unsafe-to-recreate',
  judge: (step, { observation }) => {
    if (!deletesPod(step)) return undefined;
    const pod = seen(observation.pods)?.find((entry) => entry.uid === step.target.uid);
    const advice = 'Wait for the kubelet; its back-off ends by itself.';
    // A pooler of the same operator carries the cluster's name as well, but not this.
    if (pod?.labels['application'] === 'spilo') {
      const reason = `${pod.name} is a member of a database, which Patroni alone may restart.`;
      return { reason, advice, kind: 'wait' };
    }
    if (pod?.owner === undefined)
      return { reason: 'No controller would make it again.', advice, kind: 'wait' };
    const reason = ofOwner(pod, pod.owner, observation);
    return reason === undefined ? cordoned(pod, observation) : { reason, advice, kind: 'wait' };
  },
});
