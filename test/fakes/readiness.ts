import { couldNotLook, saw } from '../../src/domain/looked.ts';
import type { StoredEvent } from '../../src/domain/journal-event.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import { byKind, noLooks } from '../../src/readiness/collect/snapshot.ts';
import type { ClusterFacts } from '../../src/readiness/cluster/facts.ts';
import type { ProductionInput } from '../../src/readiness/production/rows.ts';
import { makeReport, type ReadinessReport, type ReportInput } from '../../src/readiness/report.ts';
import { isKind } from '../../src/readiness/world/kinds.ts';
import type { Snapshot } from '../../src/readiness/world/snapshot.ts';
import { worldOf, type World } from '../../src/readiness/world/world.ts';

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
  { spec = {}, pod = {}, container = {}, metadata = {} }: Readonly<Record<string, object>> = {},
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
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: anti }] },
      },
      ...pod,
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

/** A snapshot of these objects: of a running cluster unless the test says otherwise. */
export function snapshotOf(objects: readonly Written[], changes: Partial<Snapshot> = {}): Snapshot {
  const read = objects.map(
    (entry): KubeObject => ({ ...entry, metadata: { uid: entry.metadata.name, ...entry.metadata } }),
  );
  return {
    at: now,
    source: 'cluster',
    namespaces: ['shop'],
    objects: byKind(read, 'API', now),
    others: read.filter(({ kind = '' }) => !isKind(kind)),
    places: new Map(),
    unread: [],
    ...noLooks('not asked', now),
    answers: saw([], 'probes', now),
    uses: saw([], 'volumes', now),
    ...changes,
  };
}

export function worldWith(objects: readonly Written[], changes: Partial<Snapshot> = {}): World {
  return worldOf(snapshotOf(objects, changes));
}

const nodeName = (name: string) => `k3d-shop-${name}`;

/** A cluster of k3d: one server and one agent with unnamed volumes, and a folder of the machine for claims of the agent. */
export function clusterFacts(changes: Partial<ClusterFacts> = {}): ClusterFacts {
  const container = (name: string, role: 'server' | 'agent' | 'loadbalancer') => ({
    id: `${name}-0123456789abcdef`,
    name: nodeName(name),
    role,
    state: 'running' as const,
    startedAt: now - 3_600_000,
    exitCode: 0,
    restartPolicy: 'unless-stopped',
    restartCount: 0,
    addresses: ['172.18.0.3'],
  });
  const nodes = [container('server-0', 'server'), container('agent-0', 'agent'), container('serverlb', 'loadbalancer')];
  const mount = (node: string, kind: 'anonymous' | 'bind' | 'volume', destination: string, source: string) => ({
    containerId: `${node}-0123456789abcdef`,
    container: nodeName(node),
    kind,
    source,
    destination,
  });
  return {
    cluster: 'shop',
    machine: saw(
      {
        name: 'till-3',
        system: 'Debian GNU/Linux 12',
        kernel: '6.1.0',
        cpus: 4,
        memoryBytes: 16 * 2 ** 30,
        rootFolder: '/var/lib/docker',
      },
      'engine',
      now,
    ),
    containers: saw(nodes, 'engine', now),
    mounts: saw(
      [
        mount('server-0', 'anonymous', '/var/lib/rancher/k3s', '/var/lib/docker/volumes/aa/_data'),
        mount('server-0', 'anonymous', '/var/lib/kubelet', '/var/lib/docker/volumes/ab/_data'),
        mount('agent-0', 'anonymous', '/var/lib/kubelet', '/var/lib/docker/volumes/ac/_data'),
        mount('agent-0', 'bind', '/var/lib/rancher/k3s/storage', '/srv/shop-data'),
      ],
      'engine',
      now,
    ),
    datastores: saw(
      [{ container: nodeName('server-0'), kind: 'sqlite', path: '/var/lib/rancher/k3s/server/db/state.db', bytes: 5_242_880 }],
      'db',
      now,
    ),
    folders: [],
    ...changes,
  };
}

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
  const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName(where)] }] }];
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
  { owner, spec = {}, status = {}, labels = {} }: { owner?: string; spec?: object; status?: object; labels?: object } = {},
): Written {
  const [kind = '', maker = ''] = owner?.split(' ') ?? [];
  const ownerReferences = owner === undefined ? {} : { ownerReferences: [{ kind, name: maker, controller: true }] };
  return object('Pod', name, {
    metadata: { uid: `uid-${name}`, labels, ...ownerReferences },
    spec: { nodeName: nodeName('agent-0'), containers: [{ name: 'main', image: 'registry.example/x:1' }], ...spec },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'main', ready: true, state: { running: {} } }],
      ...status,
    },
  });
}

export const noEvents: readonly StoredEvent[] = [];

/** Nothing is known of its history, and nothing failed to be looked at. */
export function production(changes: Partial<ProductionInput> = {}): Omit<ProductionInput, 'checked' | 'at'> {
  return {
    context: 'k3d-shop',
    events: saw(noEvents, 'journal', now),
    databases: couldNotLook('the API does not answer', 'observation', now),
    restore: saw('none', 'backups', now),
    agent: saw('none', 'state of the agent', now),
    ...changes,
  };
}

/** A report on a cluster with these objects. */
export function reportOf(objects: readonly Written[], changes: Partial<ReportInput> = {}): ReadinessReport {
  return makeReport({
    version: '0.1.0',
    subject: { source: 'cluster', cluster: 'shop', context: 'k3d-shop', namespace: 'shop' },
    snapshot: snapshotOf(objects),
    facts: clusterFacts(),
    production: production(),
    ...changes,
  });
}

/** A small shop with something to say in every part of the report. */
export function smallShop(): readonly Written[] {
  const uploads = { volumes: [{ name: 'uploads', emptyDir: {} }] };
  return [
    node('server-0'),
    node('agent-0'),
    workload('Deployment', 'web', {
      container: { readinessProbe: { tcpSocket: { port: 80 } }, volumeMounts: [{ name: 'uploads', mountPath: '/srv/uploads' }] },
      pod: uploads,
    }),
    workload('StatefulSet', 'cache', { spec: { replicas: 1, serviceName: 'cache' } }),
    object('ReplicaSet', 'web-1', { metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }] } }),
    pod('web-1-a', { owner: 'ReplicaSet web-1', spec: uploads, labels: { app: 'web' } }),
    pod('cache-0', { owner: 'StatefulSet cache', labels: { app: 'cache' } }),
    object('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] } }),
    object('ConfigMap', 'left-over', { data: { a: '1' } }),
    ...claim('data-cache-0', 'agent-0', '/var/lib/rancher/k3s/storage/pv-data-cache-0'),
    ...claim('data-server', 'server-0', '/var/lib/rancher/k3s/storage/pv-data-server'),
  ];
}
