import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';

/** Immediate classes bind at once; with WaitForFirstConsumer a claim waits for its first pod (kubernetes.io, Storage Classes). */
export const claimUnbound = defineCheck({
  id: 'claim-unbound',
  title: 'A claim without a volume',
  severity: 'high',
  why: 'The pod that mounts it waits for ever.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding',
  needs: ['PersistentVolumeClaim', 'StorageClass'],
  isLive: true,
  judge: (world) =>
    world.claims
      .filter(({ fields }) => fields.status.phase !== 'Bound')
      .map(({ ref, fields }) => ({
        object: ref,
        claim:
          fields.status.phase === 'Lost'
            ? 'Its volume is gone, and the data with it.'
            : 'No volume is bound to it.',
        evidence: [
          ['status.phase', fields.status.phase ?? 'not set'],
          ['spec.storageClassName', fields.spec.storageClassName ?? 'not set'],
        ],
        advice: { say: 'See why.', command: kubectl(ref, `describe pvc/${ref.name}`) },
      })),
});
