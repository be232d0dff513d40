import type { Bench } from '../bench.ts';
import { containersOf, podSpecPath, valueAt, type Manifest } from '../manifest.ts';
import type { Share } from '../target.ts';

/** A claim for files that several pods write. */
export function sharedClaim(share: Share, storageClassName: string, more: object = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: share.claim, namespace: share.workload.metadata.namespace ?? 'default' },
    // Shared storage grows by itself; Kubernetes wants a number nevertheless.
    spec: {
      accessModes: ['ReadWriteMany'],
      storageClassName,
      resources: { requests: { storage: '100Gi' } },
      ...more,
    },
  };
}

/** The user that the pods say they run as; undefined where only the image knows. */
export function userOf(workload: Manifest): { readonly uid: number; readonly gid: number } | undefined {
  const path = podSpecPath(workload) ?? [];
  const said = [valueAt(workload, path), ...containersOf(workload).map(({ container }) => container)]
    .map((fields) => ({
      uid: valueAt(fields, ['securityContext', 'runAsUser']),
      gid: valueAt(fields, ['securityContext', 'runAsGroup']),
    }))
    .find(({ uid }) => typeof uid === 'number');
  if (said === undefined || typeof said.uid !== 'number') return undefined;
  return { uid: said.uid, gid: typeof said.gid === 'number' ? said.gid : said.uid };
}

/** Shared storage has one folder; a second one would lie among the files of the first. */
export function tellSecondFolder(bench: Bench, share: Share, first: string | undefined): void {
  if (first === undefined || first === share.volume) return;
  bench.task(
    share.rule,
    share.workload,
    `Its volume ${share.volume} lies in the same storage as the volume ${first}: files of one name would be one file.`,
    'Give it storage of its own in the infrastructure program, and name that in the overlay.',
  );
}
