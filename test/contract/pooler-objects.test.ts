import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { createClusterWriter } from '../../src/adapters/kubernetes/cluster-writer.ts';
import { Conflict, Rejected } from '../../src/adapters/kubernetes/errors.ts';
import { checkPod } from '../../src/pooler/check-pod.ts';
import { imageBeforeAnnotation } from '../../src/pooler/names.ts';
import { includedObject } from '../../src/pooler/settings-objects.ts';
import type { ClusterReader, ClusterWriter, KubeObject } from '../../src/ports/cluster.ts';
import { definition } from '../fakes/pooler-shop-objects.ts';
import { noApiServer, realApiServer, type RealApiServer } from '../fakes/real-api-server.ts';
import { skipWhen } from '../fakes/skip-when.ts';

interface Cluster {
  readonly api: RealApiServer;
  readonly reader: ClusterReader;
  readonly writer: ClusterWriter;
}

const found: { cluster?: Cluster } = {};

beforeAll(async () => {
  if (noApiServer !== undefined) return;
  const api = await realApiServer();
  const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: enforce } };
  await api.request('POST', '/api/v1/namespaces', space);
  await api.request('POST', '/api/v1/namespaces/shop/serviceaccounts', account);
  await api.request('POST', definition.path, definition.body);
  const { admin } = api;
  found.cluster = { api, reader: createClusterReader(admin), writer: createClusterWriter(admin) };
}, 120_000);

afterAll(() => found.cluster?.api.stop());

function cluster(context: Parameters<typeof skipWhen>[0]): Cluster {
  skipWhen(context, noApiServer);
  if (found.cluster === undefined) throw new Error('the API server was not started');
  return found.cluster;
}

const maps = '/api/v1/namespaces/shop/configmaps';
const quick = { name: 'quick', settings: { server_login_retry: '1' } };

/** A ConfigMap that somebody applied with kubectl. */
async function theirs(
  { api, reader }: Cluster,
  name: string,
  data: Readonly<Record<string, string>>,
): Promise<KubeObject> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data };
  await api.request('APPLY', `${maps}/${name}?fieldManager=kubectl&force=false`, object);
  const made = await reader.get(`${maps}/${name}`);
  if (made === undefined) throw new Error('it was not made');
  return made;
}

function managers(object: KubeObject | undefined): readonly string[] {
  const { managedFields = [] } = (object?.metadata ?? {}) as {
    managedFields?: readonly { manager: string }[];
  };
  return managedFields.map(({ manager }) => manager);
}

describe('a real API server', () => {
  test('adds our key to a ConfigMap of somebody else, and takes it out without a trace', async (context) => {
    const all = cluster(context);
    const path = `${maps}/pgbouncer`;
    const before = await theirs(all, 'pgbouncer', { 'pgbouncer.ini': '[pgbouncer]\n', other: 'x' });
    const target = { namespace: 'shop', name: 'pgbouncer', uid: before.metadata.uid };
    const applied = await all.writer.apply({ path, object: includedObject(target, quick) });
    expect(applied['data']).toEqual({
      ...(before['data'] as object),
      'rekindle.ini': expect.stringContaining('= 1\n'),
    });
    await all.writer.apply({ path, object: includedObject(target, undefined) });
    const after = await all.reader.get(path);
    expect(after?.['data']).toEqual(before['data']);
    expect(managers(after)).toEqual(['kubectl']);
  });

  test('lets nobody take over a key that is another’s, unless that is said', async (context) => {
    const all = cluster(context);
    const path = `${maps}/taken`;
    const { metadata } = await theirs(all, 'taken', { 'rekindle.ini': 'theirs' });
    const object = includedObject({ namespace: 'shop', name: 'taken', uid: metadata.uid }, quick);
    await expect(all.writer.apply({ path, object })).rejects.toBeInstanceOf(Conflict);
    await expect(all.writer.apply({ path, object })).rejects.toThrow(/kubectl.*rekindle\.ini/);
    expect((await all.reader.get(path))?.['data']).toEqual({ 'rekindle.ini': 'theirs' });
    await all.writer.apply({ path, object, force: true });
    expect((await all.reader.get(path))?.['data']).not.toEqual({ 'rekindle.ini': 'theirs' });
  });

  test('makes no object anew that is bound to one which is gone', async (context) => {
    const all = cluster(context);
    const gone = { namespace: 'shop', name: 'gone', uid: '0d6a9b5e-7a0c-4d3f-8f39-1f3f8f0c1f11' };
    const applying = all.writer.apply({ path: `${maps}/gone`, object: includedObject(gone, undefined) });
    await expect(applying).rejects.toBeInstanceOf(Conflict);
    expect(await all.reader.get(`${maps}/gone`)).toBeUndefined();
  });

  test('deletes this very object only, and takes one that is gone for deleted', async (context) => {
    const all = cluster(context);
    const path = `${maps}/deleted`;
    const { metadata } = await theirs(all, 'deleted', {});
    const other = '0d6a9b5e-7a0c-4d3f-8f39-1f3f8f0c1f11';
    await expect(all.writer.deleteObject({ path, uid: other })).rejects.toBeInstanceOf(Conflict);
    await all.writer.deleteObject({ path, uid: metadata.uid });
    await all.writer.deleteObject({ path, uid: metadata.uid });
    expect(await all.reader.get(path)).toBeUndefined();
  });

  test('takes the check pod where no pod may have rights, and gives it no token', async (context) => {
    const all = cluster(context);
    const settings = { server_login_retry: '1' };
    const pod = checkPod({ name: 'rekindle-pooler-check-1', image: 'pgbouncer:1', node: 'node-1', settings });
    const made = await all.writer.createPod({ namespace: 'shop', pod });
    const { volumes } = made['spec'] as { volumes: { name: string }[] };
    expect(volumes.map(({ name }) => name)).toEqual(['configuration']);
    await expect(all.writer.createPod({ namespace: 'shop', pod })).rejects.toBeInstanceOf(Conflict);
    const wrong = { ...pod, metadata: { ...pod.metadata, name: 'Not A Name' } };
    await expect(all.writer.createPod({ namespace: 'shop', pod: wrong })).rejects.toBeInstanceOf(Rejected);
  });

  test('names the pooler’s image in the operator’s resource, and takes it out again', async (context) => {
    const all = cluster(context);
    const resources = '/apis/acid.zalan.do/v1/namespaces/shop/postgresqls';
    const spec = { enableConnectionPooler: true };
    const body = { apiVersion: 'acid.zalan.do/v1', kind: 'postgresql', metadata: { name: 'db' }, spec };
    await all.api.request('POST', resources, body);
    const read = async () => {
      const object = await all.reader.get(`${resources}/db`);
      if (object === undefined) throw new Error('it is gone');
      return object;
    };
    const target = async () => ({
      namespace: 'shop',
      name: 'db',
      version: (await read()).metadata.resourceVersion ?? '',
    });
    const old = await target();
    await all.writer.setPoolerImage({ ...old, image: 'pgbouncer:2', before: 'absent' });
    expect(await read()).toMatchObject({
      metadata: { annotations: { [imageBeforeAnnotation]: 'absent' } },
      spec: { ...spec, connectionPooler: { dockerImage: 'pgbouncer:2' } },
    });
    const late = all.writer.setPoolerImage({ ...old, image: 'pgbouncer:3', before: 'absent' });
    await expect(late).rejects.toBeInstanceOf(Conflict);
    await all.writer.setPoolerImage({
      ...(await target()),
      image: undefined,
      before: undefined,
      section: false,
    });
    const after = await read();
    expect(after['spec']).toEqual(spec);
    expect(after.metadata.annotations ?? {}).toEqual({});
  });
});
