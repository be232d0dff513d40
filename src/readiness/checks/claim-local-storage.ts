import { refText } from '../../domain/object-ref.ts';
import { defineCheck, type Draft } from '../define-check.ts';
import type { World } from '../world/world.ts';

/** What the name of a class means differs from cluster to cluster. */
const local = new Set(['local-path', 'hostpath', 'standard-local', 'local-storage']);

/** A volume that somebody made by hand is in no class that tells. */
function byVolume({ claims, volumes }: World, told: ReadonlySet<string>): readonly Draft[] {
  return claims.flatMap(({ ref, fields }) => {
    const volume = volumes.find(({ ref: own }) => own.name === fields.spec.volumeName);
    const { local: folder, hostPath } = volume?.fields.spec ?? {};
    const path = folder?.path ?? hostPath?.path;
    if (volume === undefined || path === undefined || told.has(refText(ref))) return [];
    return [
      {
        object: ref,
        claim: `Its volume is the folder ${path} of one node.`,
        evidence: [[`spec.${folder ? 'local' : 'hostPath'}.path`, path, volume.ref]],
        advice,
      },
    ];
  });
}

const advice = {
  say: 'Keep a proven backup elsewhere; in a managed cluster use its network disks.',
  command: 'rekindle backup create --at PLACE',
};

/** Of files as well as of a cluster: this is what keeps a stack from moving. */
export const claimLocalStorage = defineCheck({
  id: 'claim-local-storage',
  title: 'A claim on the disk of one node',
  severity: 'medium',
  why: 'The data are on one node only: its pods start nowhere else, and with the node the data are gone.',
  source: 'https://github.com/rancher/local-path-provisioner',
  needs: ['PersistentVolumeClaim', 'PersistentVolume', 'StatefulSet', 'StorageClass'],
  judge: (world) => {
    const provisioners = new Map(
      world.storageClasses.map(({ ref, fields }) => [ref.name, fields.provisioner] as const),
    );
    const isLocal = (name: string) =>
      local.has(name) || /local-path|hostpath|no-provisioner/.test(provisioners.get(name) ?? '');
    const ofClaims = world.claims.map(({ ref, fields }) => ({
      ref,
      name: fields.spec.storageClassName ?? '',
      field: 'spec.storageClassName',
    }));
    const ofTemplates = world.workloads.flatMap(({ ref, spec }) =>
      spec.volumeClaimTemplates.map((template) => ({
        ref,
        name: template.spec.storageClassName ?? '',
        field: `spec.volumeClaimTemplates[${template.metadata.name}].spec.storageClassName`,
      })),
    );
    const byClass = [...ofClaims, ...(world.isLive ? [] : ofTemplates)].filter(({ name }) => isLocal(name));
    const told = new Set(byClass.map(({ ref }) => refText(ref)));
    return byVolume(world, told).concat(
      byClass.map(({ ref, name, field }) => ({
        object: ref,
        claim: `Class ${name} keeps its data on the disk of one node.`,
        evidence: [
          [field, name],
          ...(provisioners.has(name)
            ? ([['provisioner', provisioners.get(name) ?? '', { kind: 'StorageClass', name }]] as const)
            : []),
        ],
        advice,
      })),
    );
  },
});
