import type { Bench } from '../bench.ts';
import { listOf, podSpecPath, valueAt, type Manifest } from '../manifest.ts';
import type { Share, Target } from '../target.ts';
import { openGateway } from './gke-door.ts';
import { sharedClaim, tellSecondFolder, userOf } from './shared-claim.ts';
import { selectorlessService, spiloEnvironment } from './stack-parts.ts';

/** Compute Engine's persistent disks (docs.cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes). */
function disk(name: string, parameters: Readonly<Record<string, string>>): Manifest {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'pd.csi.storage.gke.io',
    parameters,
    // The disk is made where its pod runs, not in some zone where it cannot.
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
    // A deleted claim must not take the data with it.
    reclaimPolicy: 'Retain',
  };
}

/** Not a class that exists: claim and volume name each other by it, and nothing is provisioned. */
const staticClass = 'uploads-bucket';

/** The driver's own recommendation for buckets that are filled by other means as well (see `share`). */
const mountOptions = ['implicit-dirs'];

/**
 * Cloud Storage FUSE by static provisioning: a PersistentVolume that names the bucket, the annotation that brings the
 * sidecar, and a service account that may write the bucket
 * (docs.cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-pv).
 */
function share(bench: Bench, wanted: Share): Readonly<Record<string, unknown>> {
  const { workload, rule, serviceAccount, claim } = wanted;
  const { namespace = 'default', name } = workload.metadata;
  const user = userOf(bench.now(workload));
  const others = bench
    .objects('PersistentVolume')
    .find(({ spec }) => valueAt(spec, ['storageClassName']) === staticClass);
  tellSecondFolder(bench, wanted, others?.metadata.labels?.['volume']);
  const volume: Manifest = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${namespace}-${claim}`, labels: { volume: wanted.volume } },
    spec: {
      accessModes: ['ReadWriteMany'],
      capacity: { storage: '100Gi' },
      storageClassName: staticClass,
      persistentVolumeReclaimPolicy: 'Retain',
      mountOptions:
        user === undefined ? mountOptions : [...mountOptions, `uid=${user.uid}`, `gid=${user.gid}`],
      claimRef: { namespace, name: claim },
      csi: { driver: 'gcsfuse.csi.storage.gke.io', volumeHandle: 'bucket.invalid' },
    },
  };
  bench.add(volume, {
    rule,
    why: 'The bucket, as a volume: versioned, in three zones, and outside of the cluster.',
  });
  bench.fill('UPLOADS', volume, ['spec', 'csi', 'volumeHandle']);
  bench.add(sharedClaim(wanted, staticClass, { volumeName: volume.metadata.name }), {
    rule,
    why: 'What the pods mount.',
  });
  const annotation = [
    ...(podSpecPath(workload) ?? []).slice(0, -1),
    'metadata',
    'annotations',
    'gke-gcsfuse/volumes',
  ];
  bench.set(workload, annotation, 'true', { rule, why: 'Brings the sidecar that mounts the bucket.' });
  bench.grant({ namespace, serviceAccount, may: 'write-uploads' });
  if (user === undefined)
    bench.task(
      rule,
      workload,
      'Files of a bucket belong to the user that the mount names, root without one, and this workload does not say as whom it runs.',
      `If the image runs as another user, add uid=NUMBER and gid=NUMBER to spec.mountOptions of PersistentVolume ${volume.metadata.name}.`,
    );
  bench.task(
    rule,
    workload,
    'A bucket is no disk: a file appears when it is closed, there are no locks, and a rename copies (Cloud Storage FUSE).',
    `Try uploads of ${name} on the target before the cut-over; if the program needs a real file system, use Filestore instead.`,
  );
  return { persistentVolumeClaim: { claimName: claim } };
}

/** Service account of Spilo's pods: the default of the operator's chart (`pod_service_account_name`). */
const spiloAccount = 'postgres-pod';

function backupEnvironment(bench: Bench, cluster: Manifest): void {
  const { namespace = 'default' } = cluster.metadata;
  spiloEnvironment(bench, cluster, 'WAL_GS_BUCKET');
  const place = listOf(valueAt(bench.now(cluster), ['spec', 'env'])).findIndex(
    ({ name }) => name === 'WAL_GS_BUCKET',
  );
  bench.fill('BACKUP_BUCKET', cluster, ['spec', 'env', place, 'value']);
  bench.grant({ namespace, serviceAccount: spiloAccount, may: 'write-backups' });
}

function secretStore(bench: Bench, namespace: string): Manifest {
  const store: Manifest = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name: 'secret-manager', namespace },
    // Without `auth` the operator reads as its own service account, by workload identity
    // (external-secrets.io/latest/provider/google-secrets-manager).
    spec: { provider: { gcpsm: { projectID: 'project.invalid' } } },
  };
  if (bench.find('SecretStore', store.metadata.name, namespace) === undefined) {
    bench.add(store, { rule: 'secrets', why: 'Secret Manager, read by External Secrets Operator.' });
    bench.fill('SECRETS_PROJECT', store, ['spec', 'provider', 'gcpsm', 'projectID']);
    bench.grant({ namespace: 'external-secrets', serviceAccount: 'external-secrets', may: 'read-secrets' });
  }
  return store;
}

/** The instance has a private address and no name that pods resolve. */
function databaseService(bench: Bench, namespace: string, name: string): void {
  const rule = 'database';
  bench.add(selectorlessService(namespace, name), {
    rule,
    why: 'The name under which the stack knows its primary, now for Cloud SQL.',
  });
  const slice: Manifest = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-cloud-sql`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    // 192.0.2.1 is nobody's (RFC 5737), until the build puts the address there.
    endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
    ports: [{ name: 'postgres', port: 5432, protocol: 'TCP' }],
  };
  bench.add(slice, {
    rule,
    why: 'Where that name leads: the private address of the instance, which a failover keeps.',
  });
  bench.fill('DATABASE_HOST', slice, ['endpoints', 0, 'addresses', 0]);
  bench.files.push({
    configMap: 'database-ca',
    namespace,
    key: 'ca.pem',
    file: 'database_ca.pem',
    from: { output: 'database_ca' },
  });
}

/** Google Kubernetes Engine, Standard, in one region and three zones. */
export const gke: Target = {
  id: 'gke',
  title: 'GKE',
  zonalStorage: {
    manifest: disk('database-ssd', { type: 'pd-ssd' }),
    why: 'A pd-ssd in the pod’s zone: the members keep copies in the other zones themselves.',
  },
  loneStorage: {
    manifest: disk('regional-ssd', { type: 'pd-ssd', 'replication-type': 'regional-pd' }),
    why: 'A regional disk: two zones have it, so the pod’s only copy of its data outlives one of them.',
  },
  // pd-ssd, zonal and regional (docs.cloud.google.com/compute/docs/disks/persistent-disks).
  smallestVolumeGi: 10,
  share,
  openDoor: openGateway,
  secretStore,
  databaseService,
  backupEnvironment,
  databaseNodes: () => undefined,
  // Proxies and health checks of global load balancers (docs.cloud.google.com/load-balancing/docs/firewall-rules).
  loadBalancerRanges: ['35.191.0.0/16', '130.211.0.0/22'],
};
