import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { createClusterWriter } from '../../src/adapters/kubernetes/cluster-writer.ts';
import { NotFound } from '../../src/adapters/kubernetes/errors.ts';
import { ApiTransport } from '../../src/adapters/kubernetes/transport.ts';
import type { ObjectRef } from '../../src/domain/object-ref.ts';
import type { PodFacts } from '../../src/domain/observation.ts';
import { objectPath } from '../../src/harden/apply/object-place.ts';
import { budgetOf, disruptionsWhenHealthy } from '../../src/harden/budget.ts';
import type { Fields } from '../../src/harden/fields/fields.ts';
import { configurationWith, fieldManager, identityOf } from '../../src/harden/plan-hardening.ts';
import { rolloutOf, type Rollout } from '../../src/harden/rollout.ts';
import { podFacts } from '../../src/observe/pod-facts.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import { noApiServer, realApiServer, type RealApiServer } from '../fakes/real-api-server.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const namespace = 'default';
const deadlineMs = 20_000;
const pods = `/api/v1/namespaces/${namespace}/pods`;
let server: RealApiServer | undefined;
let kubelet: Promise<void> | undefined;
const ended = new AbortController();

function api() {
  if (server === undefined) throw new Error('the server was not started');
  const config = server.admin;
  const transport = new ApiTransport(config);
  return { transport, reader: createClusterReader(config), writer: createClusterWriter(config) };
}

/** What a kubelet would say of a pod: it runs, unless it has an init container that cannot. */
function statusOf(pod: KubeObject): object {
  const { containers, initContainers = [] } = pod['spec'] as Readonly<
    Record<string, readonly { name: string }[]>
  >;
  const startedAt = new Date().toISOString();
  if (initContainers.some(({ name }) => name === 'bad')) {
    const state = {
      waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container=bad' },
    };
    const status = { name: 'bad', image: 'x', imageID: '', ready: false, restartCount: 1, state };
    return { phase: 'Pending', initContainerStatuses: [status] };
  }
  const running = {
    image: 'x',
    imageID: '',
    ready: true,
    restartCount: 0,
    state: { running: { startedAt } },
  };
  return {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: startedAt }],
    containerStatuses: (containers ?? []).map(({ name }) => Object.assign({ name }, running)),
  };
}

/** Says it of a pod of which nothing was said yet. */
async function runPod(pod: KubeObject): Promise<void> {
  const isNew = (pod['status'] as { readonly conditions?: unknown }).conditions === undefined;
  if (!isNew || pod.metadata.deletionTimestamp !== undefined) return;
  const path = `${pods}/${pod.metadata.name}/status`;
  try {
    await api().transport.send({ method: 'PATCH', path, body: { status: statusOf(pod) }, deadlineMs });
  } catch (error) {
    // Its controller deleted it meanwhile.
    if (!(error instanceof NotFound)) throw error;
  }
}

/** Stands in for the kubelets: there are no nodes here. */
async function runPods(): Promise<void> {
  while (!ended.signal.aborted) {
    for (const pod of await api().reader.list(pods)) await runPod(pod);
    await sleep(100);
  }
}

beforeAll(async () => {
  if (noApiServer !== undefined) return;
  const controllers = [
    'deployment-controller',
    'replicaset-controller',
    'statefulset-controller',
    'disruption-controller',
  ];
  server = await realApiServer(controllers);
  kubelet = runPods();
}, 150_000);

afterAll(async () => {
  ended.abort();
  await kubelet;
  await server?.stop();
});

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};

async function create(
  kind: 'Deployment' | 'StatefulSet',
  name: string,
  replicas: number,
): Promise<ObjectRef> {
  const object = { kind, namespace, name };
  const labels = { app: name };
  const spec = {
    replicas,
    selector: { matchLabels: labels },
    template: { ...template, metadata: { labels } },
    ...(kind === 'StatefulSet' && { serviceName: name }),
  };
  const path = objectPath({ ...object, name: '' }).replace(/\/$/, '');
  const body = { ...identityOf(object), spec };
  await api().transport.send({ method: 'POST', path: `${path}?fieldManager=kubectl`, body, deadlineMs });
  expect(await untilFinal(object, [])).toMatchObject({ state: 'done' });
  return object;
}

const podsOf = async ({ name }: ObjectRef): Promise<readonly PodFacts[]> =>
  (await api().reader.list(pods, { labelSelector: `app=${name}` })).map((pod) => podFacts(pod));

async function rollout(object: ObjectRef, before: readonly PodFacts[]): Promise<Rollout> {
  const live = await api().reader.get(objectPath(object));
  if (live === undefined) throw new Error('the workload is gone');
  const old = new Set(before.map(({ uid }) => uid));
  const fresh = (await podsOf(object)).filter(({ uid }) => !old.has(uid));
  return rolloutOf(live, fresh);
}

async function untilFinal(object: ObjectRef, before: readonly PodFacts[]): Promise<Rollout> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await rollout(object, before);
    if (found.state !== 'going' || performance.now() > end) return found;
    await sleep(100);
  }
}

/** Puts an init container of this name into the workload; with none, takes it away again. */
async function harden(object: ObjectRef, name?: string): Promise<void> {
  const path = objectPath(object);
  const initContainers = [{ name: name ?? '', image: 'web:1', command: ['true'] }];
  const patch: Fields = { spec: { template: { spec: { initContainers } } } };
  const live = await api().reader.get(path);
  const fields =
    name === undefined ? identityOf(object) : configurationWith(live, object, [{ id: 'x', patch }]);
  await api().writer.apply({ path, manager: fieldManager, object: fields });
}

const skipWithout = (context: TestContext) => skipWhen(context, noApiServer);

describe('rollouts of the real controllers', () => {
  test.for(['Deployment', 'StatefulSet'] as const)(
    'of a %s are done when every pod is new and ready',
    async (kind, context) => {
      skipWithout(context);
      const object = await create(kind, `good-${kind.toLowerCase()}`, 2);
      const before = await podsOf(object);
      await harden(object, 'good');
      expect((await rollout(object, before)).state).toBe('going');
      expect(await untilFinal(object, before)).toMatchObject({ state: 'done' });
      const after = await podsOf(object);
      expect(after.filter(({ deleting }) => !deleting)).toHaveLength(2);
      expect(after.some(({ uid }) => before.some((pod) => pod.uid === uid))).toBe(false);
    },
  );

  test('a Deployment whose new pod crashes fails at once, keeps its old pods, and goes back', async (context) => {
    skipWithout(context);
    const object = await create('Deployment', 'bad-deployment', 2);
    const before = await podsOf(object);
    await harden(object, 'bad');
    expect(await untilFinal(object, before)).toMatchObject({
      state: 'failed',
      what: expect.stringContaining('restarting failed container=bad'),
    });
    const during = await podsOf(object);
    expect(before.every(({ uid }) => during.some((pod) => pod.uid === uid))).toBe(true);
    await harden(object);
    expect(await untilFinal(object, during)).toMatchObject({ state: 'done' });
    expect((await podsOf(object)).map(({ uid }) => uid).sort()).toEqual(before.map(({ uid }) => uid).sort());
  });

  test('a StatefulSet whose new pod crashes goes back only when that pod is deleted', async (context) => {
    skipWithout(context);
    const object = await create('StatefulSet', 'bad-statefulset', 1);
    const before = await podsOf(object);
    await harden(object, 'bad');
    expect(await untilFinal(object, before)).toMatchObject({ state: 'failed' });
    const during = await podsOf(object);
    await harden(object);
    await sleep(1500);
    expect((await rollout(object, during)).state).toBe('going');
    const broken = during.find(({ ready }) => !ready);
    if (broken === undefined) throw new Error('there is no broken pod');
    await api().writer.deletePod({ namespace, name: broken.name, uid: broken.uid });
    expect(await untilFinal(object, during)).toMatchObject({ state: 'done' });
  });

  test('a budget that lets nobody go is known as such by its controller’s own count', async (context) => {
    skipWithout(context);
    const object = await create('Deployment', 'guarded', 2);
    const collection = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
    const selector = { matchLabels: { app: object.name } };
    const body = (name: string, spec: object) => ({
      ...identityOf({ kind: 'PodDisruptionBudget', namespace, name }),
      spec: { selector, ...spec },
    });
    await api().transport.send({
      method: 'POST',
      path: collection,
      body: body('stuck', { minAvailable: 2 }),
      deadlineMs,
    });
    const counted = async () => {
      const [found] = await api().reader.list(collection);
      const budget = found && budgetOf(found);
      return budget !== undefined && budget.expectedPods === 2 ? budget : undefined;
    };
    let budget = await counted();
    const end = performance.now() + deadlineMs;
    while (budget === undefined && performance.now() < end) {
      await sleep(100);
      budget = await counted();
    }
    expect(budget).toMatchObject({ minAvailable: 2, disruptionsAllowed: 0 });
    expect(budget && disruptionsWhenHealthy(budget)).toBe(0);
  });
});
