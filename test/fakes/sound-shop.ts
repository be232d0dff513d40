import { budget, node, object, pod, workload, type Written } from './readiness-objects.ts';

const http = [{ name: 'http', containerPort: 80 }];

function twoPods(name: string, owner: string): readonly Written[] {
  return ['server-0', 'server-1'].map((where, index) =>
    pod(`${name}-${index}`, {
      owner,
      labels: { app: name },
      spec: {
        nodeName: `k3d-shop-${where}`,
        containers: [{ name: 'main', image: `registry.example/${name}:1`, ports: http }],
        volumes:
          name === 'db' ? [{ name: 'data', persistentVolumeClaim: { claimName: `data-db-${index}` } }] : [],
      },
    }),
  );
}

function slice(service: string, addresses: readonly string[]): Written {
  return object('EndpointSlice', `${service}-1`, {
    metadata: { labels: { 'kubernetes.io/service-name': service } },
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  });
}

function serviceOf(name: string, spec: object = {}): Written {
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }];
  return object('Service', name, { spec: { selector: { app: name }, ports, ...spec } });
}

function cloudClaim(name: string): readonly Written[] {
  const claimRef = { namespace: 'shop', name };
  return [
    object('PersistentVolumeClaim', name, {
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'network', volumeName: `pv-${name}` },
      status: { phase: 'Bound' },
    }),
    {
      kind: 'PersistentVolume',
      metadata: { name: `pv-${name}` },
      spec: { persistentVolumeReclaimPolicy: 'Retain', claimRef, csi: { driver: 'disk.example' } },
      status: { phase: 'Bound' },
    },
  ];
}

const jobTemplate = {
  spec: {
    activeDeadlineSeconds: 600,
    template: {
      metadata: { labels: { app: 'clean-up' } },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'main',
            image: 'registry.example/clean-up:1',
            envFrom: [{ configMapRef: { name: 'settings' } }],
            resources: {
              requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' },
              limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' },
            },
          },
        ],
      },
    },
  },
};

const server = (name: string) => node(name, { allocatable: { cpu: '8', memory: '16Gi' } });

/** A stack against which no check has anything to say: what a case changes is what is found. */
export function soundShop(): readonly Written[] {
  return [
    server('server-0'),
    server('server-1'),
    server('server-2'),
    {
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      status: { conditions: [{ type: 'Available', status: 'True' }] },
    },
    workload('Deployment', 'web'),
    object('ReplicaSet', 'web-1', {
      metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }] },
    }),
    ...twoPods('web', 'ReplicaSet web-1'),
    budget('web'),
    serviceOf('web'),
    slice('web', ['10.42.0.1', '10.42.1.1']),
    object('Ingress', 'web', {
      spec: {
        rules: [
          {
            host: 'shop.example',
            http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { name: 'http' } } } }] },
          },
        ],
      },
    }),
    object('HorizontalPodAutoscaler', 'web', {
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 4,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }],
      },
    }),
    object('NetworkPolicy', 'web', {
      spec: { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ from: [{ podSelector: {} }] }] },
    }),
    workload('StatefulSet', 'db', {
      spec: { serviceName: 'db', volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
    }),
    ...twoPods('db', 'StatefulSet db'),
    budget('db'),
    serviceOf('db', { clusterIP: 'None' }),
    slice('db', ['10.42.0.2', '10.42.1.2']),
    ...cloudClaim('data-db-0'),
    ...cloudClaim('data-db-1'),
    object('CronJob', 'clean-up', {
      spec: { schedule: '0 3 * * *', concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 600, jobTemplate },
      status: { lastSuccessfulTime: '2026-01-01T03:00:00Z' },
    }),
    object('ConfigMap', 'settings', { data: { a: '1' } }),
    object('ResourceQuota', 'room', {
      spec: { hard: { pods: '50' } },
      status: { hard: { pods: '50' }, used: { pods: '4' } },
    }),
    { kind: 'Namespace', metadata: { name: 'shop' }, status: { phase: 'Active' } },
  ];
}

/** The sound shop with one object in place of the one of the same kind and name, or beside the others. */
export function withObject(added: Written, base: readonly Written[] = soundShop()): readonly Written[] {
  const rest = base.filter(
    ({ kind, metadata }) => kind !== added.kind || metadata.name !== added.metadata.name,
  );
  return [...rest, added];
}

/** The sound shop without one object. */
export function without(kind: string, name: string): readonly Written[] {
  return soundShop().filter((entry) => entry.kind !== kind || entry.metadata.name !== name);
}

/** An object of the sound shop with other fields, merged deeply; lists are replaced. Throws when there is none. */
export function changed(kind: string, name: string, fields: object): readonly Written[] {
  const found = soundShop().find((entry) => entry.kind === kind && entry.metadata.name === name);
  if (found === undefined) throw new Error(`the sound shop has no ${kind} ${name}`);
  return withObject(merged(found, fields) as Written);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(base: unknown, change: unknown): unknown {
  if (!isMap(base) || !isMap(change)) return change;
  const fields = Object.entries(change).map(([key, value]) => [key, merged(base[key], value)] as const);
  return { ...base, ...Object.fromEntries(fields) };
}
