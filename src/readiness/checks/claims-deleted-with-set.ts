import { defineCheck } from '../define-check.ts';
import { patch } from '../judging/commands.ts';

/** The default of both is Retain (kubernetes.io, StatefulSets, PersistentVolumeClaim retention). */
export const claimsDeletedWithSet = defineCheck({
  id: 'claims-deleted-with-set',
  title: 'Claims that go with their StatefulSet',
  severity: 'high',
  why: 'Deleting or scaling down the StatefulSet deletes the data.',
  source:
    'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention',
  needs: ['StatefulSet'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads.flatMap(({ kind, ref, spec }) => {
      const policy = spec.persistentVolumeClaimRetentionPolicy;
      const deletes = (['whenDeleted', 'whenScaled'] as const).filter((when) => policy?.[when] === 'Delete');
      if (kind !== 'StatefulSet' || deletes.length === 0) return [];
      return [
        {
          object: ref,
          claim: `Its claims are deleted ${deletes.map((when) => (when === 'whenDeleted' ? 'with it' : 'when it is scaled down')).join(' and ')}.`,
          evidence: deletes.map(
            (when) => [`spec.persistentVolumeClaimRetentionPolicy.${when}`, 'Delete'] as const,
          ),
          advice: {
            say: 'Keep them.',
            command: patch(ref, {
              spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } },
            }),
          },
        },
      ];
    }),
});
