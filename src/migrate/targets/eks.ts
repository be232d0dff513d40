import type { Bench } from '../bench.ts';
import { listOf, valueAt, type Manifest } from '../manifest.ts';
import type { Door, DoorBackend, Share, Target } from '../target.ts';
import { databasePool } from '../rewrites/database-pool.ts';
import { nobodysHost } from './gateway.ts';
import { sharedClaim, userOf } from './shared-claim.ts';
import { spiloEnvironment } from './stack-parts.ts';

/** EBS by EKS Auto Mode's own driver (docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html). */
const disk: Manifest = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'gp3-encrypted' },
  provisioner: 'ebs.csi.eks.amazonaws.com',
  parameters: { type: 'gp3', encrypted: 'true' },
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
  reclaimPolicy: 'Retain',
};

const sharedClass = 'uploads-efs';

/** A folder of the file system for each claim; the access point says whose files they are (kubernetes-sigs/aws-efs-csi-driver). */
function share(bench: Bench, wanted: Share): Readonly<Record<string, unknown>> {
  const { rule, workload } = wanted;
  const user = userOf(bench.now(workload)) ?? { uid: 0, gid: 0 };
  const name = `${sharedClass}-${user.uid}`;
  const storageClass: Manifest = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'efs.csi.aws.com',
    parameters: {
      provisioningMode: 'efs-ap',
      fileSystemId: 'fs-invalid',
      directoryPerms: '750',
      uid: `${user.uid}`,
      gid: `${user.gid}`,
    },
    reclaimPolicy: 'Retain',
  };
  bench.add(storageClass, { rule, why: 'A file system in three zones that all pods write at once.' });
  bench.fill('UPLOADS', storageClass, ['parameters', 'fileSystemId']);
  bench.add(sharedClaim(wanted, name), { rule, why: 'What the pods mount.' });
  return { persistentVolumeClaim: { claimName: wanted.claim } };
}

const annotation = (name: string) => `alb.ingress.kubernetes.io/${name}`;

function ingressFor(door: Door, backend: DoorBackend | undefined): Manifest {
  const protocol = backend?.speaksTls === true ? 'HTTPS' : 'HTTP';
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: `${door.name}-alb`,
      namespace: door.namespace,
      annotations: {
        [annotation('target-type')]: 'ip',
        [annotation('listen-ports')]: '[{"HTTP": 80}, {"HTTPS": 443}]',
        [annotation('ssl-redirect')]: '443',
        [annotation('backend-protocol')]: protocol,
        [annotation('healthcheck-protocol')]: protocol,
        [annotation('healthcheck-path')]: backend?.healthPath ?? '/',
        [annotation('target-group-attributes')]: 'deregistration_delay.timeout_seconds=30',
      },
    },
    spec: {
      ingressClassName: 'alb',
      rules: [
        {
          host: nobodysHost,
          http: {
            paths: door.routes.map(({ path, pathType, service, port }) => ({
              path,
              pathType,
              backend: { service: { name: service, port: { number: port } } },
            })),
          },
        },
      ],
    },
  };
}

/**
 * An Application Load Balancer by EKS Auto Mode, which has the controller built in; the certificate is in the class's parameters
 * (docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html).
 */
function openDoor(bench: Bench, door: Door): void {
  const rule = 'front-door';
  const parameters: Manifest = {
    apiVersion: 'eks.amazonaws.com/v1',
    kind: 'IngressClassParams',
    metadata: { name: 'alb' },
    spec: { scheme: 'internet-facing', certificateARNs: ['certificate.invalid'] },
  };
  const ingressClass: Manifest = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'alb' },
    spec: {
      controller: 'eks.amazonaws.com/alb',
      parameters: { apiGroup: 'eks.amazonaws.com', kind: 'IngressClassParams', name: 'alb' },
    },
  };
  const [backend] = door.backends;
  const ingress = ingressFor(door, backend);
  bench.add(parameters, { rule, why: 'Open to the internet, with the certificate of ACM.' });
  bench.fill('CERTIFICATE', parameters, ['spec', 'certificateARNs', 0]);
  bench.add(ingressClass, { rule, why: 'EKS Auto Mode makes an Application Load Balancer for it.' });
  bench.add(ingress, {
    rule,
    why: 'The paths of the old front door. The load balancer asks the pods itself whether they work; it does not read readiness probes.',
  });
  bench.fill('DOMAIN', ingress, ['spec', 'rules', 0, 'host']);
}

function backupEnvironment(bench: Bench, cluster: Manifest): void {
  const { namespace = 'default' } = cluster.metadata;
  spiloEnvironment(bench, cluster, 'WAL_S3_BUCKET', { AWS_REGION: 'region.invalid' });
  const env = listOf(valueAt(bench.now(cluster), ['spec', 'env']));
  const place = (wanted: string) =>
    ['spec', 'env', env.findIndex(({ name }) => name === wanted), 'value'] as const;
  bench.fill('BACKUP_BUCKET', cluster, place('WAL_S3_BUCKET'));
  bench.fill('SECRETS_PROJECT', cluster, place('AWS_REGION'));
  bench.grant({ namespace, serviceAccount: 'postgres-pod', may: 'write-backups' });
  bench.task(
    'database',
    cluster,
    'Whether WAL-G in this image of Spilo finds the credentials of EKS Pod Identity was not tried.',
    'Before the cut-over: wal-g backup-list in the pod must answer. If it does not, give the service account a role by IRSA (annotation eks.amazonaws.com/role-arn).',
  );
}

function secretStore(bench: Bench, namespace: string): Manifest {
  const store: Manifest = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name: 'secrets-manager', namespace },
    // Without `auth` the operator reads as its own service account, by Pod Identity.
    spec: { provider: { aws: { service: 'SecretsManager', region: 'region.invalid' } } },
  };
  if (bench.find('SecretStore', store.metadata.name, namespace) === undefined) {
    bench.add(store, { rule: 'secrets', why: 'Secrets Manager, read by External Secrets Operator.' });
    bench.fill('SECRETS_PROJECT', store, ['spec', 'provider', 'aws', 'region']);
    bench.grant({ namespace: 'external-secrets', serviceAccount: 'external-secrets', may: 'read-secrets' });
  }
  return store;
}

/** Auto Mode makes nodes by NodePools (docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html). */
function databaseNodes(bench: Bench): void {
  const { label, taint, value } = databasePool;
  const pool: Manifest = {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: 'database' },
    spec: {
      template: {
        metadata: { labels: { [label]: value } },
        spec: {
          nodeClassRef: { group: 'eks.amazonaws.com', kind: 'NodeClass', name: 'default' },
          taints: [{ key: taint, value, effect: 'NoSchedule' }],
          requirements: [
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
            { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
            { key: 'eks.amazonaws.com/instance-category', operator: 'In', values: ['m', 'r'] },
          ],
        },
      },
      // A member is not moved to save a node.
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '1h' },
    },
  };
  bench.add(pool, {
    rule: 'database',
    why: 'Nodes that only the database uses; EKS makes one where a member needs it.',
  });
}

/** RDS is reached by a name, which leads to the other instance after a failover. */
function databaseService(bench: Bench, namespace: string, name: string): void {
  const service: Manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type: 'ExternalName', externalName: 'database.invalid' },
  };
  bench.add(service, {
    rule: 'database',
    why: 'The name under which the stack knows its primary, now for RDS.',
  });
  bench.fill('DATABASE_HOST', service, ['spec', 'externalName']);
  bench.files.push({
    configMap: 'database-ca',
    namespace,
    key: 'ca.pem',
    file: 'database_ca.pem',
    // docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
    from: { command: 'curl -fsS https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem' },
  });
}

/** Elastic Kubernetes Service in Auto Mode: nodes, disks and load balancers are EKS's own work. */
export const eks: Target = {
  id: 'eks',
  title: 'EKS',
  zonalStorage: {
    manifest: disk,
    why: 'An EBS gp3 disk in the pod’s zone: the members keep copies in the other zones themselves.',
  },
  loneStorage: {
    manifest: disk,
    why: 'An EBS gp3 disk. It is in one zone: while that zone is away the pod waits for it, and there is no disk of AWS in two zones.',
  },
  smallestVolumeGi: 1,
  share,
  openDoor,
  secretStore,
  databaseService,
  backupEnvironment,
  databaseNodes,
  policiesNeed: {
    what: 'EKS Auto Mode enforces no NetworkPolicy until that is turned on: until then everything reaches everything.',
    how: 'Turn it on in the cluster (ConfigMap amazon-vpc-cni, enable-network-policy-controller) and in the NodeClass: docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html.',
  },
  // The load balancer has addresses of the cluster's own subnets.
  loadBalancerRanges: ['10.64.0.0/16'],
};
