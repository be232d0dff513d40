import type { ClusterDefinition } from './definition.ts';

/** Archives in this folder of a node are imported when it starts (docs.k3s.io, Air-Gap Install, "Manually Deploy Images"). */
const inNode = '/var/lib/rancher/k3s/agent/images';

/** Folders of the machine whose archives give the nodes their images when they start. Pure. */
export function archiveFolders({ volumes }: Pick<ClusterDefinition, 'volumes'>): readonly string[] {
  return volumes.flatMap(({ volume }) => {
    const [source = '', target = ''] = volume.split(':');
    return target.replace(/\/$/, '') === inNode && source.startsWith('/') ? [source] : [];
  });
}
