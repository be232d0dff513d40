import { defineCheck } from '../define-check.ts';

const claims = {
  pod: 'No controller makes this pod again.',
  once: 'It runs once, and no Job makes it again when it fails.',
  set: 'A ReplicaSet without a Deployment keeps its pods and cannot update them.',
};

/** kubernetes.io, Working with Pods: use a workload resource. */
export const podWithoutController = defineCheck({
  id: 'pod-without-controller',
  title: 'A pod that nothing makes again',
  severity: 'high',
  why: 'When its node goes, or it is evicted, it is gone for good.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/#working-with-pods',
  needs: ['Pod', 'ReplicaSet'],
  judge: (world) =>
    world.workloads
      .filter(({ kind, writer }) => (kind === 'Pod' && writer === undefined) || kind === 'ReplicaSet')
      .map(({ kind, ref, pod }) => {
        // Whoever forbids that it is restarted wants it to run once.
        const isOnce = kind === 'Pod' && (pod.restartPolicy ?? 'Always') !== 'Always';
        return {
          object: ref,
          severity: kind === 'Pod' && !isOnce ? ('high' as const) : ('low' as const),
          claim: claims[isOnce ? 'once' : kind === 'Pod' ? 'pod' : 'set'],
          evidence: [
            ['metadata.ownerReferences', 'none with controller: true'],
            ...(isOnce ? ([['spec.restartPolicy', pod.restartPolicy ?? '']] as const) : []),
          ],
          advice: { say: isOnce ? 'Make it a Job.' : 'Put it into a Deployment, StatefulSet or Job.' },
        };
      }),
});
