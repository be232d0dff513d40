import { z } from 'zod';

import { listOf, quantities } from './fields.ts';

/** Claims, volumes and their classes as far as the checks judge them. */
export const claimShape = z.object({
  spec: z
    .object({
      accessModes: listOf(z.string()),
      storageClassName: z.string().nullish(),
      volumeName: z.string().nullish(),
      resources: z.object({ requests: quantities }).prefault({}),
    })
    .prefault({}),
  status: z.object({ phase: z.string().nullish() }).prefault({}),
});
export type ClaimFields = z.output<typeof claimShape>;

const nodeTerms = z.object({
  required: z
    .object({
      nodeSelectorTerms: listOf(
        z.object({ matchExpressions: listOf(z.object({ key: z.string(), values: listOf(z.string()) })) }),
      ),
    })
    .nullish(),
});

export const volumeShape = z.object({
  spec: z
    .object({
      capacity: quantities,
      persistentVolumeReclaimPolicy: z.string().nullish(),
      storageClassName: z.string().nullish(),
      claimRef: z.object({ namespace: z.string().nullish(), name: z.string() }).nullish(),
      hostPath: z.object({ path: z.string() }).nullish(),
      local: z.object({ path: z.string() }).nullish(),
      csi: z.object({ driver: z.string() }).nullish(),
      nfs: z.object({ server: z.string(), path: z.string() }).nullish(),
      nodeAffinity: nodeTerms.nullish(),
    })
    .prefault({}),
  status: z.object({ phase: z.string().nullish() }).prefault({}),
});
export type VolumeFields = z.output<typeof volumeShape>;

export const storageClassShape = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }),
  provisioner: z.string().default(''),
  reclaimPolicy: z.string().nullish(),
  volumeBindingMode: z.string().nullish(),
  allowVolumeExpansion: z.boolean().nullish(),
});
export type StorageClassFields = z.output<typeof storageClassShape>;

/** The node that a volume can be used on, by its affinity; undefined: any, or more than one. */
export function nodeOfVolume({ spec }: VolumeFields): string | undefined {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const names = terms.flatMap(({ matchExpressions }) =>
    matchExpressions.flatMap(({ key, values }) => (key === 'kubernetes.io/hostname' ? values : [])),
  );
  return names.length === 1 ? names[0] : undefined;
}
