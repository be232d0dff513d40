import type { KubeObject } from '../../ports/cluster.ts';
import { partsOf } from '../manifest.ts';
import { groupsOf, type ObjectGroups } from './object-groups.ts';
import type { ReadBackup } from './read-backup.ts';

/** The objects of a backup in groups; what a copy of Redis is restored into runs from the beginning. Pure. */
export function groupsIn({
  manifest,
  details,
  objects,
}: Pick<ReadBackup, 'manifest' | 'details' | 'objects'>): ObjectGroups {
  const redis = new Set(partsOf(manifest, 'redis').map(({ of }) => of.redis));
  const keepsData = ({ kind, metadata }: KubeObject) =>
    (kind === 'StatefulSet' || kind === 'Deployment') && redis.has(metadata.name);
  return groupsOf(objects, { namespace: details.namespace, keepsData });
}
