import { couldNotLook, saw } from '../../src/domain/looked.ts';
import type {
  ContainerFacts,
  NodeContainer,
  Observation,
  PodFacts,
  PoolerFacts,
} from '../../src/domain/observation.ts';
import type { Stack } from '../../src/domain/stack.ts';

/** Time of every observation in unit tests; the boot was 30 s before. */
export const now = Date.UTC(2026, 0, 1, 12, 0, 30);
export const boot = now - 30_000;

export function node(name: string, changes: Partial<NodeContainer> = {}): NodeContainer {
  return {
    id: `id-of-${name}`,
    name,
    role: 'agent',
    state: 'running',
    startedAt: boot,
    exitCode: 0,
    restartPolicy: 'unless-stopped',
    restartCount: 0,
    addresses: ['172.18.0.2'],
    ...changes,
  };
}

export function container(changes: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    name: 'main',
    image: 'shop:1',
    ready: true,
    restartCount: 1,
    state: 'running',
    startedAt: boot + 5000,
    ...changes,
  };
}

export function pod(name: string, changes: Partial<PodFacts> = {}): PodFacts {
  return {
    namespace: 'shop',
    name,
    uid: `uid-of-${name}`,
    node: 'server-0',
    phase: 'Running',
    ip: '10.42.0.5',
    labels: {},
    annotations: {},
    owner: { kind: 'ReplicaSet', name: `${name}-set` },
    createdAt: boot - 3_600_000,
    deleting: false,
    ready: true,
    containers: [container()],
    initContainers: [],
    ephemeralContainers: [],
    emptyDirs: [],
    emptyDirsInMemory: [],
    ...changes,
  };
}

export function pooler(changes: Partial<PoolerFacts> = {}): PoolerFacts {
  return {
    namespace: 'shop',
    pooler: 'db-pooler',
    pod: 'db-pooler-1',
    podUid: 'uid-of-db-pooler-1',
    login: { result: 'ok' },
    failedLookups: couldNotLook('not asked', 'console', now),
    ownRole: couldNotLook('not asked', 'primary', now),
    secret: saw('usable', 'Secret', now),
    config: couldNotLook('not asked', 'console', now),
    ...changes,
  };
}

/** An observation of a stack in which everything works. */
export function healthy(changes: Partial<Observation> = {}): Observation {
  return {
    at: now,
    containers: saw(
      [node('server-0', { role: 'server' }), node('agent-0'), node('balancer', { role: 'loadbalancer' })],
      'engine',
      now,
    ),
    loadBalancers: saw([], 'load balancers', now),
    api: saw({ ready: true } as const, 'API', now),
    nodes: saw([], 'API', now),
    dns: saw({ servers: [{ pod: 'coredns-1', answers: true }] }, 'DNS', now),
    pods: saw([pod('db-pooler-1')], 'API', now),
    networkCaches: saw([], 'network caches', now),
    crashes: saw([], 'logs', now),
    emptyDirs: saw([], 'emptyDir volumes', now),
    appendOnlyFiles: saw([], 'append-only files', now),
    workloads: saw([], 'API', now),
    maintenance: saw({ marks: [], forbidden: [] }, 'API', now),
    databases: saw(
      [
        {
          namespace: 'shop',
          cluster: 'db',
          leader: 'db-0',
          members: [],
          primary: saw({ pod: 'db-0', inRecovery: false }, 'SQL', now),
          replication: couldNotLook('not asked', 'SQL', now),
        },
      ],
      'SQL',
      now,
    ),
    poolers: saw([pooler()], 'poolers', now),
    networkPolicies: couldNotLook('no pooler turns the app away', 'not asked', now),
    edge: couldNotLook('the front door answers', 'not asked', now),
    frontDoor: saw(
      { url: 'https://shop.local:8443/', answer: { status: 200 }, visits: { made: 3, answered: 3 } },
      'front door',
      now,
    ),
    ...changes,
  };
}

/** Where the journal has the events of this stack. */
export const shopCluster = { cluster: 'shop', context: 'k3d-shop' } as const;

export const stack: Stack = {
  name: 'shop',
  cluster: { provider: 'k3d', name: 'shop', context: 'k3d-shop' },
  namespace: 'shop',
  components: [],
  databases: [],
  poolers: [
    {
      namespace: 'shop',
      name: 'db-pooler',
      podLabels: { application: 'db-connection-pooler' },
      database: 'shop',
      role: {
        user: { namespace: 'shop', name: 'pooler.db.credentials', key: 'username' },
        password: { namespace: 'shop', name: 'pooler.db.credentials', key: 'password' },
      },
      port: 5432,
    },
  ],
  policy: { stabilityWindowSeconds: 15, attempts: 3 },
};
