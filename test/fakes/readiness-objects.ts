import type { KubeObject } from '../../src/ports/cluster.ts';

/** Time of every report in unit tests. */
export const now = Date.UTC(2026, 0, 1, 12);

/** An object as a test writes it. */
export type Written = Omit<KubeObject, 'metadata'> & {
  readonly kind: string;
  readonly metadata: Omit<KubeObject['metadata'], 'uid'> & { readonly uid?: string };
};

/** An object in namespace shop, where nothing else is said. */
export function object(kind: string, name: string, fields: Readonly<Record<string, unknown>> = {}): Written {
  const { metadata = {}, ...rest } = fields as { metadata?: object };
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', ...metadata }, ...rest };
}

/** A workload of one container that nothing can be said against, apart from what the test changes. */
export function workload(
  kind: string,
  name: string,
  { spec = {}, pod: podFields = {}, container = {}, metadata = {} }: Readonly<Record<string, object>> = {},
): Written {
  const labels = { app: name };
  const own = { app: name, ...(metadata as { labels?: object }).labels };
  const ask = { httpGet: { path: '/ready', port: 'http' } };
  const main = {
    name: 'main',
    image: `registry.example/${name}:1`,
    ports: [{ name: 'http', containerPort: 80 }],
    readinessProbe: ask,
    livenessProbe: { httpGet: { path: '/alive', port: 'http' } },
    startupProbe: { ...ask, failureThreshold: 60 },
    resources: {
      requests: { cpu: '100m', memory: '64Mi', 'ephemeral-storage': '1Gi' },
      limits: { cpu: '1', memory: '128Mi', 'ephemeral-storage': '1Gi' },
    },
    ...container,
  };
  const spread = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' };
  const anti = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } };
  const template = {
    metadata: { labels },
    spec: {
      containers: [main],
      priorityClassName: 'data',
      topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: labels } }],
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: anti }],
        },
      },
      ...podFields,
    },
  };
  return object(kind, name, {
    apiVersion: 'apps/v1',
    metadata: { ...metadata, labels: own },
    spec: { replicas: 2, selector: { matchLabels: labels }, template, ...spec },
    status: { readyReplicas: 2, availableReplicas: 2 },
  });
}

/** A budget that lets one pod of this workload go. */
export function budget(name: string): Written {
  return object('PodDisruptionBudget', name, {
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } },
    status: { expectedPods: 2, disruptionsAllowed: 1 },
  });
}

/** A node's name as k3d gives it. */
export const nodeName = (name: string) => `k3d-shop-${name}`;

export function node(name: string, status: object = {}): Written {
  const role = name.startsWith('server') ? { 'node-role.kubernetes.io/control-plane': 'true' } : {};
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName(name), labels: role },
    status: {
      nodeInfo: { bootID: 'boot-1', kubeletVersion: 'v1.34.4+k3s1' },
      allocatable: { cpu: '4', memory: '16Gi' },
      addresses: [{ type: 'InternalIP', address: '172.18.0.3' }],
      ...status,
    },
  };
}

/** A claim with its volume in a folder of a node. */
export function claim(name: string, where: string, path: string): readonly Written[] {
  const volume = `pv-${name}`;
  const terms = [
    { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName(where)] }] },
  ];
  return [
    object('PersistentVolumeClaim', name, {
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'local-path', volumeName: volume },
      status: { phase: 'Bound' },
    }),
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volume },
      spec: {
        capacity: { storage: '1Gi' },
        persistentVolumeReclaimPolicy: 'Delete',
        claimRef: { namespace: 'shop', name },
        hostPath: { path },
        nodeAffinity: { required: { nodeSelectorTerms: terms } },
      },
      status: { phase: 'Bound' },
    },
  ];
}

/** A pod on a node, made by somebody. */
export function pod(
  name: string,
  {
    owner,
    spec = {},
    status = {},
    labels = {},
    deletedAt,
  }: { owner?: string; spec?: object; status?: object; labels?: object; deletedAt?: string } = {},
): Written {
  const [kind = '', maker = ''] = owner?.split(' ') ?? [];
  const ownerReferences =
    owner === undefined ? {} : { ownerReferences: [{ kind, name: maker, controller: true }] };
  return object('Pod', name, {
    metadata: {
      uid: `uid-${name}`,
      labels,
      ...ownerReferences,
      ...(deletedAt !== undefined && { deletionTimestamp: deletedAt }),
    },
    spec: {
      nodeName: nodeName('agent-0'),
      containers: [{ name: 'main', image: 'registry.example/x:1' }],
      ...spec,
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'main', ready: true, state: { running: {} } }],
      ...status,
    },
  });
}
