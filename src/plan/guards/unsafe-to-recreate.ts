import { seen } from '../../domain/looked.ts';
import { defineGuard } from './define-guard.ts';
import { deletesPod } from './deletes-pod.ts';
import { statefulPodObjection } from './stateful-pod.ts';

/** Only a pod that its controller makes again, and none of whose containers can still run beside the new one. */
export const unsafeToRecreate = defineGuard({
  id: 'unsafe-to-recreate',
  judge: (step, { observation }) => {
    if (!deletesPod(step)) return undefined;
    const pod = seen(observation.pods)?.find((entry) => entry.uid === step.target.uid);
    const owner = pod?.owner;
    const advice = 'Wait for the kubelet; its back-off ends by itself.';
    // A pooler of the same operator carries the cluster's name as well, but not this.
    if (pod?.labels['application'] === 'spilo') {
      const reason = `${pod.name} is a member of a database, which Patroni alone may restart.`;
      return { reason, advice, kind: 'wait' };
    }
    if (owner?.kind === 'ReplicaSet') return undefined;
    if (pod === undefined || owner === undefined)
      return { reason: 'No controller would make it again.', advice, kind: 'wait' };
    const objection =
      owner.kind === 'StatefulSet'
        ? statefulPodObjection(pod, observation)
        : 'that controller is not known here';
    return objection === undefined
      ? undefined
      : { reason: `It belongs to ${owner.kind} ${owner.name}, and ${objection}.`, advice, kind: 'wait' };
  },
});
