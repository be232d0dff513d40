import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { createClusterWriter } from '../../src/adapters/kubernetes/cluster-writer.ts';
import { Conflict, Rejected } from '../../src/adapters/kubernetes/errors.ts';
import { ApiTransport } from '../../src/adapters/kubernetes/transport.ts';
import { saw } from '../../src/domain/looked.ts';
import { refText, type ObjectRef } from '../../src/domain/object-ref.ts';
import { objectPath } from '../../src/harden/apply/object-place.ts';
import type { Fields } from '../../src/harden/fields/fields.ts';
import { ownedByOthers } from '../../src/harden/fields/managed-fields.ts';
import { mergeFields } from '../../src/harden/fields/merge-fields.ts';
import type { Measure } from '../../src/harden/measure.ts';
import { judgeMeasures } from '../../src/harden/measures/index.ts';
import {
  configurationWith,
  configurationWithout,
  fieldManager,
  planMeasures,
  withoutOurs,
} from '../../src/harden/plan-hardening.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import { exampleLab } from '../fakes/example-shop.ts';
import { hardenInventory, measured } from '../fakes/harden-inventory.ts';
import { now } from '../fakes/observation.ts';
import { noApiServer, realApiServer, type RealApiServer } from '../fakes/real-api-server.ts';
import { AppliedObjects } from '../fakes/server-side-apply.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const namespace = 'jewelry-shop';
let server: RealApiServer | undefined;

/** The parts of a running server; skips the test where there is none. */
function api(context: TestContext, user: 'admin' | 'rekindle' = 'admin') {
  skipWhen(context, noApiServer);
  if (server === undefined) throw new Error('the server was not started');
  const config = server[user];
  return {
    reader: createClusterReader(config),
    writer: createClusterWriter(config),
    transport: new ApiTransport(config),
  };
}

/** Creates an object as `kubectl apply` does: by its field manager, as an update. */
async function create(transport: ApiTransport, path: string, body: unknown): Promise<void> {
  const full = `${path}?fieldManager=kubectl-client-side-apply`;
  await transport.send({ method: 'POST', path: full, body, deadlineMs: 20_000 });
}

const isWorkload = ({ kind }: { readonly kind: string }) => kind === 'Deployment' || kind === 'StatefulSet';

/** The example's own workloads: with an API version, which what stands in for the operator's has not. */
const workloads = exampleLab().filter(
  (manifest) => isWorkload(manifest) && manifest['apiVersion'] !== undefined,
);

beforeAll(async () => {
  if (noApiServer !== undefined) return;
  server = await realApiServer();
  const transport = new ApiTransport(server.admin);
  await create(transport, '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  for (const manifest of workloads) {
    const collection = objectPath({ kind: manifest.kind, namespace, name: '' });
    await create(transport, collection.replace(/\/$/, ''), manifest);
  }
}, 150_000);

afterAll(async () => {
  await server?.stop();
});

/** Every measure that is applied by a patch of these workloads, with the fields of the DNS beside them. */
async function patches(): Promise<readonly Measure[]> {
  const setup = {
    readsCustomServers: true,
    listHoldsHost: false,
    hostAddress: '172.18.0.1',
    addressFrom: 'a test',
  };
  const inventory = await hardenInventory(exampleLab(), { dns: saw(setup, 'DNS', now) });
  const all = judgeMeasures(inventory, measured({ 'Deployment/django': 200 }));
  return all.filter(({ change }) => change.by === 'patch');
}

const additions = async () =>
  (await patches()).filter(({ name }) => name !== 'readiness' && name !== 'host-name');

const patchOf = ({ id, change }: Measure) => ({ id, patch: change.by === 'patch' ? change.patch : {} });

/** Without what every write changes. */
function contents(object: KubeObject | undefined): unknown {
  const { metadata, status: _status, ...rest } = (object ?? {}) as Fields;
  const { resourceVersion: _version, generation: _generation, managedFields, ...kept } = metadata as Fields;
  const managers = (managedFields as readonly { manager: string }[]).map(({ manager }) => manager);
  return { ...rest, metadata: { ...kept, managers } };
}

async function live(context: TestContext, object: ObjectRef): Promise<KubeObject> {
  const found = await api(context).reader.get(objectPath(object));
  if (found === undefined) throw new Error(`${refText(object)} is not there`);
  return found;
}

async function apply(context: TestContext, measure: Measure, dryRun = false): Promise<KubeObject> {
  const { object } = measure;
  const fields = configurationWith(await live(context, object), object, [patchOf(measure)]);
  return api(context).writer.apply({
    path: objectPath(object),
    manager: fieldManager,
    object: fields,
    dryRun,
  });
}

describe('server-side apply on a real API server', () => {
  test('a rehearsal accepts every measure and changes nothing', async (context) => {
    for (const measure of await additions()) {
      const before = await live(context, measure.object);
      const rehearsed = await apply(context, measure, true);
      expect(planMeasures([measure], new Map([[refText(measure.object), rehearsed]]))).toMatchObject([
        { state: 'applied' },
      ]);
      expect(await live(context, measure.object)).toEqual(before);
    }
  });

  test('apply, then undo, gives the original; the measures see the object without what was applied', async (context) => {
    const measures = await additions();
    expect(measures.length).toBeGreaterThanOrEqual(5);
    const before = await Promise.all(measures.map(({ object }) => live(context, object)));
    for (const measure of measures) await apply(context, measure);
    for (const [index, measure] of measures.entries()) {
      const found = await live(context, measure.object);
      expect(planMeasures([measure], new Map([[refText(measure.object), found]]))).toMatchObject([
        { state: 'applied' },
      ]);
      expect(withoutOurs(found)['spec']).toEqual(before[index]?.['spec']);
    }
    for (const measure of measures) {
      const { object } = measure;
      const fields = configurationWithout(await live(context, object), object, [patchOf(measure)]);
      await api(context).writer.apply({ path: objectPath(object), manager: fieldManager, object: fields });
    }
    const after = await Promise.all(measures.map(({ object }) => live(context, object)));
    expect(after.map(contents)).toEqual(before.map(contents));
  });

  test('the fake of the unit tests gives what the real one gives', async (context) => {
    const [measure] = await additions();
    if (measure === undefined) throw new Error('there is no measure');
    const { object } = measure;
    const path = objectPath(object);
    const before = await live(context, object);
    const fake = new AppliedObjects();
    const { managedFields: _fields, ...metadata } = before.metadata as unknown as Fields;
    fake.put(path, { ...before, metadata });
    const real = await apply(context, measure);
    const fields = configurationWith(await fake.get(path), object, [patchOf(measure)]);
    const faked = await fake.apply({ path, manager: fieldManager, object: fields });
    // The real one fills defaults into what is new.
    expect(real['spec']).toMatchObject(faked['spec'] as object);
    const undone = configurationWithout(real, object);
    const back = await api(context).writer.apply({ path, manager: fieldManager, object: undone });
    const fakedBack = await fake.apply({ path, manager: fieldManager, object: undone });
    expect(back['spec']).toEqual(fakedBack['spec']);
  });

  test('what somebody else has set is a conflict that names them, as the plan has said before', async (context) => {
    const readiness = (await patches()).filter(({ name }) => name === 'readiness');
    expect(readiness.length).toBeGreaterThan(0);
    for (const measure of readiness) {
      const found = await live(context, measure.object);
      const owners = ownedByOthers(found, patchOf(measure).patch, fieldManager);
      expect(owners.map(({ manager }) => manager)).toContain('kubectl-client-side-apply');
    }
    const redis = { kind: 'StatefulSet', namespace, name: 'redis' };
    const patch = {
      spec: { template: { spec: { containers: [{ name: 'redis', readinessProbe: { periodSeconds: 1 } }] } } },
    };
    const found = await live(context, redis);
    const [owner] = ownedByOthers(found, patch, fieldManager);
    const applying = api(context).writer.apply({
      path: objectPath(redis),
      manager: fieldManager,
      object: configurationWith(found, redis, [{ id: 'x', patch }]),
    });
    await expect(applying).rejects.toBeInstanceOf(Conflict);
    await expect(applying).rejects.toThrow(`conflict with "${owner?.manager ?? ''}"`);
    await expect(applying).rejects.toThrow(owner?.field ?? 'nothing');
    expect(contents(await live(context, redis))).toEqual(contents(found));
  });

  test('an object that was made again under the same name is not touched', async (context) => {
    const redis = { kind: 'StatefulSet', namespace, name: 'redis' };
    const fields = mergeFields(configurationWith(await live(context, redis), redis, []), {
      metadata: { uid: '00000000-0000-0000-0000-000000000000' },
    });
    const applying = api(context).writer.apply({
      path: objectPath(redis),
      manager: fieldManager,
      object: fields,
    });
    await expect(applying).rejects.toBeInstanceOf(Rejected);
  });

  test('the role of deploy/rbac is enough to apply, to make what is not there, and to remove it', async (context) => {
    const admin = api(context);
    for (const name of ['rekindle.yaml', 'rekindle-harden.yaml']) {
      const text = readFileSync(join(import.meta.dirname, '../../deploy/rbac', name), 'utf8');
      for (const document of parseAllDocuments(text)) {
        const body = document.toJS() as { kind: string };
        await create(admin.transport, `/apis/rbac.authorization.k8s.io/v1/${body.kind.toLowerCase()}s`, body);
      }
    }
    const { reader, writer } = api(context, 'rekindle');
    const measure = (await patches()).find(({ name }) => name === 'host-name');
    if (measure === undefined) throw new Error('there is no measure of the host name');
    const path = objectPath(measure.object);
    const fields = configurationWith(undefined, measure.object, [patchOf(measure)]);
    const made = await writer.apply({ path, manager: fieldManager, object: fields });
    expect(made['data']).toEqual(patchOf(measure).patch['data']);
    const { uid, resourceVersion: version = '' } = made.metadata;
    await expect(writer.deleteObject({ path, uid, version: '1' })).rejects.toBeInstanceOf(Conflict);
    await writer.deleteObject({ path, uid, version });
    expect(await reader.get(path)).toBeUndefined();
    const [workload] = await additions();
    if (workload === undefined) throw new Error('there is no measure');
    const rehearsal = configurationWith(await reader.get(objectPath(workload.object)), workload.object, [
      patchOf(workload),
    ]);
    await writer.apply({
      path: objectPath(workload.object),
      manager: fieldManager,
      object: rehearsal,
      dryRun: true,
    });
  });
});
