import { seen } from '../../domain/looked.ts';
import { defineGuard } from './define-guard.ts';

const deleting = new Set(['restart-crash-looping-pod', 'restart-pooler']);

/** Only a pod that a ReplicaSet makes again, on a node whose engine view is known, may be deleted. */
export const unsafeToRecreate = defineGuard({
  id: 'unsafe-to-recreate',
  judge: (step, { observation }) => {
    if (!deleting.has(step.step)) return undefined;
    const owner = seen(observation.pods)?.find((pod) => pod.uid === step.target.uid)?.owner;
    if (owner?.kind === 'ReplicaSet') return undefined;
    return {
      reason:
        owner === undefined
          ? 'No controller would make it again.'
          : `It belongs to ${owner.kind} ${owner.name}, whose old container may still run.`,
      advice: 'Wait for the kubelet; its back-off ends by itself.',
      kind: 'wait',
    };
  },
});
