import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { createClusterWriter } from '../../src/adapters/kubernetes/cluster-writer.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { ClusterDefinition } from '../../src/backup/cluster/definition.ts';
import { applyObjects } from '../../src/backup/from-nothing/apply-objects.ts';
import type { ClusterAccess, RebuildContext, RebuildStep } from '../../src/backup/from-nothing/context.ts';
import { groupsIn } from '../../src/backup/from-nothing/groups-in.ts';
import type { ReadBackup } from '../../src/backup/from-nothing/read-backup.ts';
import { runRebuild } from '../../src/backup/from-nothing/run-rebuild.ts';
import { readyNodes } from '../../src/backup/from-nothing/steps/cluster.ts';
import { objectSteps } from '../../src/backup/from-nothing/steps/objects.ts';
import { startWorkloads } from '../../src/backup/from-nothing/steps/workloads.ts';
import type { BackupManifest } from '../../src/backup/manifest.ts';
import { collectObjects, type CollectedObjects } from '../../src/backup/objects/collect-objects.ts';
import type { JournalEvent } from '../../src/domain/journal-event.ts';
import { readDefinitions } from '../../src/export/definitions.ts';
import { takeSnapshot } from '../../src/export/collect/take-snapshot.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import { compareObjects } from '../../src/export/compare.ts';
import type { Fields } from '../../src/harden/fields/fields.ts';
import { exportLab, fillLab, namespace, type ExportLab } from '../fakes/export-lab.ts';
import { noApiServer } from '../fakes/real-api-server.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const operator = path.join(import.meta.dirname, '../../lab/operator');

const labs: { source?: ExportLab; target?: ExportLab } = {};
let taken: CollectedObjects | undefined;

const collected = ({ server }: ExportLab) =>
  collectObjects(createClusterReader(server.admin, { deadlineMs: 20_000 }), namespace);

beforeAll(async () => {
  if (noApiServer !== undefined) return;
  const source = await exportLab();
  labs.source = source;
  await fillLab(source);
  await source.kubectl.run(['apply', '-k', operator]);
  taken = await collected(source);
  labs.target = await exportLab();
}, 300_000);

afterAll(async () => {
  await labs.source?.stop();
  await labs.target?.stop();
});

const node = 'k3d-shop-server-0';

const definition = {
  name: 'shop',
  servers: 1,
  agents: 0,
  nodeObjects: [
    {
      name: node,
      labels: { disk: 'fast' },
      taints: [{ key: 'dedicated', value: 'shop', effect: 'NoSchedule' }],
    },
    { name: 'gone', labels: { disk: 'slow' }, taints: [] },
  ],
} as unknown as ClusterDefinition;

function backupOf({ objects, operators }: CollectedObjects): ReadBackup {
  const of = { kind: 'redis', redis: 'redis', pod: 'redis-0', keys: [0, 0] };
  const manifest = { id: 'b-1', leftOut: [], parts: [{ file: 'redis.rdb.age', of }] };
  return {
    manifest: manifest as unknown as BackupManifest,
    definition,
    details: { kind: 'objects', namespace, operators: [...operators], objects: [], missing: [] },
    objects,
    read: () => {
      throw new Error('nothing is read here');
    },
  };
}

/** There is no kubelet: says of every pod and node that it is ready, and the controllers say the rest. */
async function standIn({ server }: ExportLab, signal: AbortSignal): Promise<void> {
  const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  await server.request('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node },
  });
  await server.request('PATCH', `/api/v1/nodes/${node}/status`, ready);
  while (!signal.aborted) {
    const { items } = (await server.request('GET', '/api/v1/pods')) as unknown as {
      readonly items: readonly { readonly metadata: Fields; readonly status: Fields }[];
    };
    for (const { metadata, status } of items) {
      if (status['phase'] === 'Running') continue;
      const place = `/api/v1/namespaces/${String(metadata['namespace'])}/pods/${String(metadata['name'])}`;
      await server.request('PATCH', `${place}/status`, { status: { ...ready.status, phase: 'Running' } });
    }
    await systemClock.sleep(200);
  }
}

function contextFor(lab: ExportLab, backup: ReadBackup): RebuildContext {
  const access: ClusterAccess = {
    reader: createClusterReader(lab.server.admin, { deadlineMs: 20_000 }),
    writer: createClusterWriter(lab.server.admin, { deadlineMs: 20_000 }),
    programs: { start: () => Promise.reject(new Error('no program is started here')) },
  };
  return {
    // What never becomes ready here is not to be waited for in earnest.
    clock: { ...systemClock, monotonic: () => systemClock.monotonic() * 4 },
    signal: new AbortController().signal,
    say: () => undefined,
    backup,
    restore: 'one',
    wasBegun: () => false,
    access: () => Promise.resolve(access),
    layers: () => Promise.resolve([['StatefulSet/redis'], ['Deployment/django']]),
  } as unknown as RebuildContext;
}

/** By it the operator gives the database's pods their rights: it is made anew, and the role that it names is not. */
const ofTheOperator = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'postgres-pod', namespace },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'postgres-pod' },
  subjects: [{ kind: 'ServiceAccount', name: 'postgres-pod', namespace }],
};

/** The databases of the operator without their operator: they are made, and nobody waits for a primary. */
const databases: RebuildStep = {
  id: 'database-clusters',
  title: '',
  run: async (context) => {
    const access = await context.access();
    await applyObjects(context, access, groupsIn(context.backup).databases);
    await access.writer.apply({
      path: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/postgres-pod`,
      object: ofTheOperator,
      manager: 'postgres-operator',
    });
    return '';
  },
};

const steps = [readyNodes, ...objectSteps, databases, startWorkloads];

/** The step, killed at its end as often as it is wanted: done, and nobody heard of it. */
function killedOnce(step: RebuildStep): RebuildStep {
  let times = 0;
  return {
    ...step,
    run: async (context) => {
      const detail = await step.run(context);
      times += 1;
      if (times === 1) throw new Error(`killed after ${step.id}`);
      return detail;
    },
  };
}

/** Defaults of the custom resources. */
async function shapes({ server }: ExportLab) {
  const reader = createClusterReader(server.admin, { deadlineMs: 20_000 });
  const { shapeOf } = await readDefinitions(reader, await takeSnapshot(reader, namespace));
  return (object: Fields) => shapeOf(object as unknown as KubeObject);
}

async function replicas({ server }: ExportLab, name: string): Promise<unknown> {
  const found = await server.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  return (found['spec'] as Fields)['replicas'];
}

test(
  'every object comes back as it was, by steps that are each killed once',
  { timeout: 300_000 },
  async (context) => {
    skipWhen(context, noApiServer);
    const { target } = labs;
    if (target === undefined || taken === undefined) throw new Error('the server was not filled');
    const stop = new AbortController();
    const working = standIn(target, stop.signal);
    const rebuild = contextFor(target, backupOf(taken));
    const done = new Set<string>();
    const seen: string[] = [];
    const record = (event: JournalEvent): void => {
      if (event.type !== 'rebuild-step') return;
      seen.push(`${event.step} ${event.phase}`);
      if (event.phase === 'done') done.add(event.step);
    };
    const killed = steps.map((step) => killedOnce(step));
    const replicasBefore: unknown[] = [];
    try {
      for (const { id } of killed) {
        await expect(runRebuild(rebuild, killed, { run: 'r', record, done })).rejects.toThrow(
          `killed after ${id}`,
        );
        if (id === 'objects') replicasBefore.push(await replicas(target, 'django'));
      }
      await runRebuild(rebuild, killed, { run: 'r', record, done });
    } finally {
      stop.abort();
      await working;
    }
    expect(seen).toEqual(
      steps.flatMap(({ id }) => [`${id} intended`, `${id} failed`, `${id} intended`, `${id} done`]),
    );
    expect(replicasBefore).toEqual([0]);
    expect(await replicas(target, 'django')).toBe(3);
    const again = await collected(target);
    expect(again.missing).toEqual([]);
    // Where the API keeps a list as one whole, a default in it counts as asked for: it is no difference.
    const differences = compareObjects(taken.objects, again.objects, await shapes(target));
    expect(differences).toEqual([]);
    expect(again.objects.length).toBe(taken.objects.length);
    expect(again.objects.length).toBeGreaterThan(60);
    const { metadata, spec } = (await target.server.request('GET', `/api/v1/nodes/${node}`)) as unknown as {
      readonly metadata: { readonly labels: Fields };
      readonly spec: Fields;
    };
    expect(metadata.labels).toMatchObject({ disk: 'fast' });
    expect(spec['taints']).toContainEqual({ key: 'dedicated', value: 'shop', effect: 'NoSchedule' });
  },
);
