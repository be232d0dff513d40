import type { Bench } from '../bench.ts';
import { fieldsOf, podLabels, selects, valueAt, type Manifest } from '../manifest.ts';
import { podVolumes } from '../rewrites/pod-volumes.ts';
import type { Door, DoorBackend, Share, Target } from '../target.ts';
import { nobodysHost } from './gateway.ts';
import { sharedClaim, userOf } from './shared-claim.ts';

/** Azure's managed disks (learn.microsoft.com/azure/aks/azure-csi-disk-storage-provision). */
function disk(name: string, skuName: string): Manifest {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'disk.csi.azure.com',
    parameters: { skuName },
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
    reclaimPolicy: 'Retain',
  };
}

/** Azure Files by SMB in an account of the infrastructure's, so that the files do not go with the cluster's own group. */
function share(bench: Bench, wanted: Share): Readonly<Record<string, unknown>> {
  const { rule, workload } = wanted;
  const user = userOf(bench.now(workload)) ?? { uid: 0, gid: 0 };
  const name = `uploads-files-${user.uid}`;
  const storageClass: Manifest = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'file.csi.azure.com',
    parameters: { skuName: 'Premium_ZRS', resourceGroup: 'group-invalid', storageAccount: 'account-invalid' },
    mountOptions: [
      'dir_mode=0750',
      'file_mode=0640',
      `uid=${user.uid}`,
      `gid=${user.gid}`,
      'mfsymlinks',
      'nosharesock',
    ],
    allowVolumeExpansion: true,
    reclaimPolicy: 'Retain',
  };
  bench.add(storageClass, { rule, why: 'A share in three zones that all pods write at once.' });
  bench.fill('RESOURCE_GROUP', storageClass, ['parameters', 'resourceGroup']);
  bench.fill('UPLOADS', storageClass, ['parameters', 'storageAccount']);
  bench.add(sharedClaim(wanted, name), { rule, why: 'What the pods mount.' });
  return { persistentVolumeClaim: { claimName: wanted.claim } };
}

/** The Secret with the certificate that the pods behind a Service serve. */
function servedSecret(bench: Bench, { service }: DoorBackend): string | undefined {
  const selector = fieldsOf(valueAt(service, ['spec', 'selector']));
  const pods = bench
    .objects()
    .filter(
      (one) => one.metadata.namespace === service.metadata.namespace && selects(selector, podLabels(one)),
    );
  const names = pods.flatMap(podVolumes).map(({ source }) => valueAt(source, ['secret', 'secretName']));
  return names.find(
    (name): name is string => typeof name === 'string' && /(^|-)(tls|cert|certificate)/.test(name),
  );
}

function certificate(bench: Bench, namespace: string, secretName: string): void {
  const rule = 'front-door';
  const azure = {
    subscriptionID: 'subscription-invalid',
    resourceGroupName: 'group-invalid',
    hostedZoneName: nobodysHost,
    environment: 'AzurePublicCloud',
    managedIdentity: { clientID: 'identity-invalid' },
  };
  const issuer: Manifest = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: { name: 'front-door', namespace },
    spec: {
      acme: {
        server: 'https://acme-v02.api.letsencrypt.org/directory',
        privateKeySecretRef: { name: 'front-door-account' },
        solvers: [{ dns01: { azureDNS: azure } }],
      },
    },
  };
  const wanted: Manifest = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'front-door', namespace },
    spec: { secretName, dnsNames: [nobodysHost], issuerRef: { kind: 'Issuer', name: 'front-door' } },
  };
  bench.add(issuer, {
    rule,
    why: 'Proves the domain by a record in its zone, so that the certificate is there before customers come.',
  });
  bench.add(wanted, {
    rule,
    why: `The certificate, as the Secret ${secretName} that the pods serve already.`,
  });
  const dns = ['spec', 'acme', 'solvers', 0, 'dns01', 'azureDNS'] as const;
  bench.fill('SUBSCRIPTION', issuer, [...dns, 'subscriptionID']);
  bench.fill('RESOURCE_GROUP', issuer, [...dns, 'resourceGroupName']);
  bench.fill('DOMAIN', issuer, [...dns, 'hostedZoneName']);
  bench.fill('CERTIFICATE_IDENTITY', issuer, [...dns, 'managedIdentity', 'clientID']);
  bench.fill('DOMAIN', wanted, ['spec', 'dnsNames', 0]);
}

const annotation = (name: string) => `service.beta.kubernetes.io/azure-${name}`;

/**
 * The zone-redundant load balancer for TCP, and TLS by the stack's own web server: of what Azure has for HTTP, nothing could be
 * checked here (learn.microsoft.com/azure/aks/load-balancer-standard).
 */
function openDoor(bench: Bench, door: Door): void {
  const rule = 'front-door';
  const [backend] = door.backends;
  const secretName = backend === undefined ? undefined : servedSecret(bench, backend);
  if (backend === undefined || !backend.speaksTls || secretName === undefined) {
    bench.task(
      rule,
      backend?.service ?? door.name,
      'Its pods do not serve TLS with a certificate from a Secret, and this program writes nothing for AKS that ends TLS before them.',
      'Choose what does (Application Gateway for Containers, or an ingress of your own) and add it to the overlay; until then nothing is open.',
    );
    return;
  }
  const { service } = backend;
  const why =
    'A public address in three zones, straight to the pods: the web server of the stack ends TLS, as it did before.';
  bench.set(service, ['spec', 'type'], 'LoadBalancer', { rule, why });
  bench.set(service, ['spec', 'externalTrafficPolicy'], 'Local', {
    rule,
    why: 'The pods see the customers’ own addresses.',
  });
  const notes = ['metadata', 'annotations'] as const;
  bench.set(service, [...notes, annotation('load-balancer-resource-group')], 'group-invalid', {
    rule,
    why,
    after: 'RESOURCE_GROUP',
  });
  bench.set(service, [...notes, annotation('pip-name')], 'address-invalid', {
    rule,
    why,
    after: 'FRONT_DOOR_ADDRESS',
  });
  bench.fill('RESOURCE_GROUP', service, [...notes, annotation('load-balancer-resource-group')]);
  bench.fill('FRONT_DOOR_ADDRESS', service, [...notes, annotation('pip-name')]);
  certificate(bench, door.namespace, secretName);
  bench.task(
    rule,
    service,
    'The certificate is renewed every 60 days; a web server that read it at its start serves the old one until it is started again.',
    'Have it reloaded when the Secret changes, or restarted once a month: kubectl rollout restart.',
  );
  if (backend.port !== 443)
    bench.task(
      rule,
      service,
      `Its port is ${backend.port}; customers come to 443.`,
      'Set the port of the Service to 443 in the overlay.',
    );
}

const reader = 'secrets-reader';

function secretStore(bench: Bench, namespace: string): Manifest {
  const rule = 'secrets';
  const account: Manifest = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: reader,
      namespace,
      annotations: { 'azure.workload.identity/client-id': 'identity-invalid' },
    },
  };
  const store: Manifest = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name: 'key-vault', namespace },
    spec: {
      provider: {
        azurekv: {
          authType: 'WorkloadIdentity',
          // Neither the account nor the operator's pod names a tenant, so the store has to (external-secrets.io/latest/provider/azure-key-vault).
          tenantId: 'tenant-invalid',
          vaultUrl: 'https://vault.invalid/',
          serviceAccountRef: { name: reader },
        },
      },
    },
  };
  if (bench.find('SecretStore', store.metadata.name, namespace) === undefined) {
    bench.add(account, {
      rule,
      why: 'As whom External Secrets Operator reads the vault, by workload identity.',
    });
    bench.fill('SECRETS_IDENTITY', account, ['metadata', 'annotations', 'azure.workload.identity/client-id']);
    bench.add(store, { rule, why: 'Key Vault, read by External Secrets Operator.' });
    bench.fill('TENANT', store, ['spec', 'provider', 'azurekv', 'tenantId']);
    bench.fill('SECRETS_PROJECT', store, ['spec', 'provider', 'azurekv', 'vaultUrl'], {
      delimiter: '/',
      index: 2,
    });
    bench.grant({ namespace, serviceAccount: reader, may: 'read-secrets' });
  }
  return store;
}

function backupEnvironment(bench: Bench, cluster: Manifest): void {
  bench.task(
    'database',
    cluster,
    'Its base backups and write-ahead log go nowhere yet: the operator’s documented way to Azure’s storage wants an access key in a Secret, which this program does not write.',
    'Follow “Azure setup” in the operator’s docs/administrator.md with the container of output backup_container, before customers come.',
  );
}

/** Azure Kubernetes Service in one region and three zones. */
export const aks: Target = {
  id: 'aks',
  title: 'AKS',
  zonalStorage: {
    manifest: disk('database-ssd', 'Premium_LRS'),
    why: 'A Premium SSD in the pod’s zone: the members keep copies in the other zones themselves.',
  },
  loneStorage: {
    manifest: disk('zone-redundant-ssd', 'Premium_ZRS'),
    why: 'A zone-redundant disk: three zones have it, so the pod’s only copy of its data outlives one of them.',
  },
  smallestVolumeGi: 4,
  share,
  openDoor,
  secretStore,
  databaseService: {
    why: 'the server of Azure cannot be made without an administrator’s password in the state of Pulumi, and no secret is written here',
  },
  backupEnvironment,
  databaseNodes: () => undefined,
  // The load balancer hands customers' own addresses to the pods.
  loadBalancerRanges: ['0.0.0.0/0'],
};
