import { defineCheck } from '../define-check.ts';

/** kubernetes.io, Working with Pods: use a workload resource. */
export const podWithoutController = defineCheck({
  id: 'pod-without-controller',
  title: 'A pod that nothing makes again',
  severity: 'high',
  why: 'When its node goes, or it is evicted, it is gone for good.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/#working-with-pods',
  needs: ['Pod'],
  judge: (world) =>
    world.workloads
      .filter(({ kind }) => kind === 'Pod' || kind === 'ReplicaSet')
      .map(({ kind, ref }) => ({
        object: ref,
        severity: kind === 'Pod' ? ('high' as const) : ('low' as const),
        claim:
          kind === 'Pod'
            ? 'No controller makes this pod again.'
            : 'A ReplicaSet without a Deployment keeps its pods and cannot update them.',
        evidence: [['metadata.ownerReferences', 'none with controller: true']],
        advice: { say: 'Put it into a Deployment, StatefulSet or Job.' },
      })),
});
