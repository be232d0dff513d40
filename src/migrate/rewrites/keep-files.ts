import type { Bench } from '../bench.ts';
import { mostPodsOf, nameOf, podsOf, valueAt, type Manifest } from '../manifest.ts';
import type { RuleContext } from '../rule.ts';
import { accountOf } from './accounts.ts';
import type { PodVolume } from './pod-volumes.ts';

interface Row {
  readonly rule: string;
  readonly why: string;
}

function claimManifest(name: string, namespace: string | undefined, spec: unknown): Manifest {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec };
}

function ownDisk(bench: Bench, { workload, name, path }: PodVolume, { target }: RuleContext, row: Row): void {
  const { manifest: storageClass, why } = target.loneStorage;
  bench.add(storageClass, { rule: row.rule, why });
  const claim = `${workload.metadata.name}-${name}`;
  const spec = {
    accessModes: ['ReadWriteOnce'],
    storageClassName: storageClass.metadata.name,
    resources: { requests: { storage: `${target.smallestVolumeGi}Gi` } },
  };
  bench.add(claimManifest(claim, workload.metadata.namespace, spec), row);
  bench.set(workload, path, { name, persistentVolumeClaim: { claimName: claim } }, row);
  bench.task(
    row.rule,
    workload,
    `The volume ${name} had no size; its disk is the smallest there is, ${target.smallestVolumeGi} GiB.`,
    `See how much is in it (du -sh in the pod) and raise the size of PersistentVolumeClaim ${claim} if needed.`,
  );
  if (mostPodsOf(workload, bench.objects()) > 1)
    bench.task(
      row.rule,
      workload,
      `Its autoscaler may ask for several pods, and the disk of its volume ${name} is attached to one node at a time.`,
      'Set maxReplicas to 1 in the overlay, or put shared storage in the place of the disk.',
    );
  oneAtATime(bench, workload, row.rule);
}

/** A Deployment whose pod has a disk: the new pod comes when the old one has gone. */
export function oneAtATime(bench: Bench, workload: Manifest, rule: string): void {
  if (workload.kind !== 'Deployment' || valueAt(workload, ['spec', 'strategy', 'type']) === 'Recreate')
    return;
  bench.set(
    workload,
    ['spec', 'strategy'],
    { type: 'Recreate' },
    {
      rule,
      why: 'A disk is attached to one node at a time: a rolling update would wait for ever for the old pod’s disk.',
    },
  );
}

function sharedFiles(bench: Bench, volume: PodVolume, { target }: RuleContext, row: Row): void {
  const { workload, name, path } = volume;
  const account = accountOf(bench, workload, row.rule);
  bench.sharing.add(nameOf(workload));
  const serviceAccount = account.metadata.name;
  const key = `${workload.metadata.namespace ?? 'default'}/${name}`;
  const claim = bench.claims.get(key) ?? `${workload.metadata.name}-${name}`;
  bench.claims.set(key, claim);
  const source = target.share(bench, { workload, volume: name, claim, serviceAccount, rule: row.rule });
  bench.set(workload, path, { name, ...source }, row);
}

function perPodDisk(bench: Bench, volume: PodVolume, { target }: RuleContext, row: Row): void {
  const { workload, name, path } = volume;
  const { manifest: storageClass, why } = target.zonalStorage;
  bench.add(storageClass, { rule: row.rule, why });
  const templates = valueAt(workload, ['spec', 'volumeClaimTemplates']);
  const place = Array.isArray(templates) ? templates.length : 0;
  bench.remove(workload, path, { ...row, after: 'a volumeClaimTemplate of the same name' });
  bench.set(
    workload,
    ['spec', 'volumeClaimTemplates', place],
    {
      metadata: { name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: storageClass.metadata.name,
        resources: { requests: { storage: `${target.smallestVolumeGi}Gi` } },
      },
    },
    row,
  );
}

/**
 * Gives files that lived in the pod or on the node a place that outlives both: a disk for a single pod, a disk each for the
 * pods of a StatefulSet, shared storage where several pods write the same files.
 */
export function keepFiles(
  bench: Bench,
  volume: PodVolume,
  context: RuleContext,
  row: Row & { readonly areUploads: boolean },
): void {
  const { workload } = volume;
  if (workload.kind === 'StatefulSet' && !row.areUploads) perPodDisk(bench, volume, context, row);
  else if (podsOf(workload, bench.objects()) === 1 && !row.areUploads) ownDisk(bench, volume, context, row);
  else sharedFiles(bench, volume, context, row);
}
