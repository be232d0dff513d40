import { couldNotLook, saw } from '../../src/domain/looked.ts';
import type { StoredEvent } from '../../src/domain/journal-event.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import { byKind, noLooks } from '../../src/readiness/collect/snapshot.ts';
import type { ClusterFacts } from '../../src/readiness/cluster/facts.ts';
import type { ProductionInput } from '../../src/readiness/production/rows.ts';
import { makeReport, type ReadinessReport, type ReportInput } from '../../src/readiness/report.ts';
import { isKind } from '../../src/readiness/world/kinds.ts';
import type { ProbeAnswer, Snapshot } from '../../src/readiness/world/snapshot.ts';
import { worldOf, type World } from '../../src/readiness/world/world.ts';
import { refText } from '../../src/domain/object-ref.ts';
import { claim, node, nodeName, now, object, pod, workload, type Written } from './readiness-objects.ts';

/** Every readiness probe by HTTP is answered at once. */
function goodAnswers(snapshot: Snapshot): readonly ProbeAnswer[] {
  return worldOf(snapshot).workloads.flatMap(({ ref, pod: { containers } }) =>
    containers.flatMap(({ name, readinessProbe }) => {
      const path = readinessProbe?.httpGet?.path;
      const answer = path === undefined ? undefined : saw({ path, status: 200 }, 'pod', now);
      return answer === undefined ? [] : [{ workload: refText(ref), container: name, answer }];
    }),
  );
}

/** A snapshot of these objects: of a running cluster unless the test says otherwise. */
export function snapshotOf(objects: readonly Written[], changes: Partial<Snapshot> = {}): Snapshot {
  const read = objects.map((entry): KubeObject => ({
    ...entry,
    metadata: { uid: entry.metadata.name, ...entry.metadata },
  }));
  const snapshot: Snapshot = {
    at: now,
    source: 'cluster',
    namespaces: ['shop'],
    objects: byKind(read, 'API', now),
    others: read.filter(({ kind = '' }) => !isKind(kind)),
    places: new Map(),
    unread: [],
    ...noLooks('not asked', now),
    uses: saw([], 'volumes', now),
  };
  return { ...snapshot, answers: saw(goodAnswers(snapshot), 'probes', now), ...changes };
}

export function worldWith(objects: readonly Written[], changes: Partial<Snapshot> = {}): World {
  return worldOf(snapshotOf(objects, changes));
}

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

const mount = (
  where: string,
  kind: 'anonymous' | 'bind' | 'volume',
  destination: string,
  source: string,
) => ({
  containerId: `${where}-0123456789abcdef`,
  container: nodeName(where),
  kind,
  source,
  destination,
});

/** A cluster of k3d: one server and one agent with unnamed volumes, and a folder of the machine for claims of the agent. */
export function clusterFacts(changes: Partial<ClusterFacts> = {}): ClusterFacts {
  const nodes = [
    container('server-0', 'server'),
    container('agent-0', 'agent'),
    container('serverlb', 'loadbalancer'),
  ];
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
      [
        {
          container: nodeName('server-0'),
          kind: 'sqlite',
          path: '/var/lib/rancher/k3s/server/db/state.db',
          bytes: 5_242_880,
        },
      ],
      'db',
      now,
    ),
    folders: [],
    ...changes,
  };
}

const noEvents: readonly StoredEvent[] = [];

/** Nothing is known of its history, and nothing failed to be looked at. */
export function production(changes: Partial<ProductionInput> = {}): Omit<ProductionInput, 'checked' | 'at'> {
  return {
    context: 'k3d-shop',
    events: saw(noEvents, 'journal', now),
    databases: couldNotLook('the API does not answer', 'observation', now),
    restore: saw({ places: ['/backups'], newer: [], unseen: [] }, 'places of backups', now),
    agent: { last: saw('none', 'state of the agent', now), startsAtBoot: saw(false, 'systemd', now) },
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
      container: {
        readinessProbe: { tcpSocket: { port: 80 } },
        volumeMounts: [{ name: 'uploads', mountPath: '/srv/uploads' }],
      },
      pod: uploads,
    }),
    workload('StatefulSet', 'cache', { spec: { replicas: 1, serviceName: 'cache' } }),
    object('ReplicaSet', 'web-1', {
      metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }] },
    }),
    pod('web-1-a', { owner: 'ReplicaSet web-1', spec: uploads, labels: { app: 'web' } }),
    pod('cache-0', { owner: 'StatefulSet cache', labels: { app: 'cache' } }),
    object('Service', 'web', {
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
    }),
    object('ConfigMap', 'left-over', { data: { a: '1' } }),
    ...claim('data-cache-0', 'agent-0', '/var/lib/rancher/k3s/storage/pv-data-cache-0'),
    ...claim('data-server', 'server-0', '/var/lib/rancher/k3s/storage/pv-data-server'),
  ];
}
