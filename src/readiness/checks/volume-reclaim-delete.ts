import { defineCheck } from '../define-check.ts';

/** kubernetes.io, Change the Reclaim Policy of a PersistentVolume. */
export const volumeReclaimDelete = defineCheck({
  id: 'volume-reclaim-delete',
  title: 'A volume that is deleted with its claim',
  severity: 'medium',
  why: 'Whoever deletes the claim, or the namespace, deletes the data in the same moment.',
  source: 'https://kubernetes.io/docs/tasks/administer-cluster/change-pv-reclaim-policy/',
  needs: ['PersistentVolume'],
  judge: (world) =>
    world.volumes
      .filter(({ fields }) => {
        const { persistentVolumeReclaimPolicy: policy, claimRef } = fields.spec;
        const isOurs =
          claimRef === null ||
          claimRef === undefined ||
          !world.isLive ||
          world.namespaces.includes(claimRef.namespace ?? '');
        return policy === 'Delete' && isOurs;
      })
      .map(({ ref, fields }) => ({
        object: ref,
        claim: `The data of claim ${fields.spec.claimRef?.name ?? '(none)'} go with the claim.`,
        evidence: [['spec.persistentVolumeReclaimPolicy', 'Delete']],
        advice: {
          say: 'Keep it when the claim goes.',
          command: `kubectl patch pv ${ref.name} --patch '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
        },
      })),
});
