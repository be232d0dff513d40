import { describe, expect, it } from 'vitest';
import { createClusterWriter } from '../../src/adapters/kubernetes/cluster-writer.ts';
import { ClusterUnreachable, Conflict, Forbidden, NotFound } from '../../src/adapters/kubernetes/errors.ts';
import { hasRoomAfterDeletion } from '../../src/adapters/kubernetes/quota.ts';
import { fakeApiServer, type FakeAnswer, type FakeApiServer } from '../fakes/api-server.ts';

const target = { namespace: 'shop', name: 'web-1', uid: 'u1' };
const refusal = (code: number, message: string): FakeAnswer => ({
  status: code,
  json: { kind: 'Status', message, code },
});

const pod = {
  kind: 'Pod',
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    uid: 'u1',
    resourceVersion: '7',
    labels: { app: 'web' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'web', controller: true }],
  },
  spec: {
    nodeName: 'agent-0',
    priority: 0,
    serviceAccountName: 'default',
    volumes: [
      { name: 'data', emptyDir: {} },
      { name: 'kube-api-access-x7k', projected: {} },
    ],
    containers: [
      {
        name: 'web',
        image: 'nginx',
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'kube-api-access-x7k', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
        ],
      },
    ],
  },
  status: { phase: 'Running' },
};

const quota = (used: string): string =>
  `pods "web-1-x7k2p" is forbidden: exceeded quota: q, requested: cpu=500m,pods=1, used: ${used}, limited: cpu=1,pods=3`;

/** A server that has the pod and answers every creation like this. */
async function rehearsal(
  creation: FakeAnswer,
): Promise<{ server: FakeApiServer; done: Promise<string | undefined> }> {
  const server = await fakeApiServer({
    answer: ({ method }) => (method === 'GET' ? { json: pod } : creation),
  });
  return { server, done: createClusterWriter(server.config).rehearsePodCreation(target) };
}

describe('deletePod', () => {
  it('names the uid and leaves the grace period to the pod', async () => {
    const server = await fakeApiServer({ answer: () => ({ json: pod }) });
    await createClusterWriter(server.config).deletePod(target);
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'DELETE', url: '/api/v1/namespaces/shop/pods/web-1' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: 'u1' },
    });
  });

  it('binds itself to the version that was read, where one is named', async () => {
    const server = await fakeApiServer({ answer: () => ({ json: pod }) });
    await createClusterWriter(server.config).deletePod({ ...target, version: '7' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
      preconditions: { uid: 'u1', resourceVersion: '7' },
    });
  });

  it.each([
    [409, Conflict],
    [404, NotFound],
    [403, Forbidden],
    [500, ClusterUnreachable],
  ] as const)('tells a %i', async (code, type) => {
    const server = await fakeApiServer({ answer: () => refusal(code, 'the precondition failed') });
    const deleting = createClusterWriter(server.config).deletePod(target);
    await expect(deleting).rejects.toBeInstanceOf(type);
    await expect(deleting).rejects.toThrow('the precondition failed');
  });

  it('does not say done when the answer is missing', async () => {
    const server = await fakeApiServer({ answer: () => 'drop' });
    const deleting = createClusterWriter(server.config).deletePod(target);
    await expect(deleting).rejects.toBeInstanceOf(ClusterUnreachable);
    expect(server.requests).toHaveLength(1);
  });
});

describe('scale', () => {
  const workload = { kind: 'StatefulSet', namespace: 'shop', name: 'redis', replicas: 1, version: '41' };

  it('changes the number of pods only, bound to the version that was read', async () => {
    const server = await fakeApiServer({ answer: () => ({ json: {} }) });
    await createClusterWriter(server.config).scale(workload);
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: 'PATCH',
      url: '/apis/apps/v1/namespaces/shop/statefulsets/redis/scale',
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      metadata: { resourceVersion: '41' },
      spec: { replicas: 1 },
    });
  });

  it('tells a change that came before it', async () => {
    const server = await fakeApiServer({ answer: () => refusal(409, 'the object has been modified') });
    const scaling = createClusterWriter(server.config).scale(workload);
    await expect(scaling).rejects.toBeInstanceOf(Conflict);
  });
});

describe('apply', () => {
  const path = '/apis/apps/v1/namespaces/shop/deployments/web';
  const fields = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } };

  it('applies on the server under its name and without force', async () => {
    const server = await fakeApiServer({ answer: () => ({ json: fields }) });
    const writer = createClusterWriter(server.config);
    expect(await writer.apply({ path, manager: 'rekindle-harden', object: fields })).toMatchObject(fields);
    await writer.apply({ path, manager: 'rekindle-harden', object: fields, dryRun: true });
    const query = 'fieldManager=rekindle-harden&force=false';
    expect(server.requests).toMatchObject([
      {
        method: 'PATCH',
        url: `${path}?${query}`,
        headers: { 'content-type': 'application/apply-patch+yaml' },
      },
      { method: 'PATCH', url: `${path}?${query}&dryRun=All` },
    ]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(fields);
  });

  it('tells whose field it is', async () => {
    const message =
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas';
    const server = await fakeApiServer({ answer: () => refusal(409, message) });
    const applying = createClusterWriter(server.config).apply({
      path,
      manager: 'rekindle-harden',
      object: fields,
    });
    await expect(applying).rejects.toBeInstanceOf(Conflict);
    await expect(applying).rejects.toThrow(message);
  });
});

describe('deleteObject', () => {
  it('names the object and the version that was read', async () => {
    const server = await fakeApiServer({ answer: () => ({ json: { kind: 'Status' } }) });
    const path = '/api/v1/namespaces/kube-system/configmaps/coredns-custom';
    await createClusterWriter(server.config).deleteObject({ path, uid: 'u7', version: '12' });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'DELETE', url: path });
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      preconditions: { uid: 'u7', resourceVersion: '12' },
    });
  });
});

describe('what a pooler profile writes', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };
  const path = '/api/v1/namespaces/shop/configmaps/a';

  it('is applied under a name of its own, and takes nothing over unless that is said', async () => {
    const server = await fakeApiServer({ answer: () => ({ json: object }) });
    const writer = createClusterWriter(server.config);
    await writer.apply({ path, object });
    await writer.apply({ path, object, force: true });
    expect(server.requests.map(({ method, url, headers }) => [method, url, headers['content-type']])).toEqual(
      [
        ['PATCH', `${path}?fieldManager=rekindle&force=false`, 'application/apply-patch+yaml'],
        ['PATCH', `${path}?fieldManager=rekindle&force=true`, 'application/apply-patch+yaml'],
      ],
    );
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(object);
  });

  it.each([
    [409, Conflict],
    [403, Forbidden],
    [500, ClusterUnreachable],
  ] as const)('is not called done after a %i', async (code, type) => {
    const server = await fakeApiServer({ answer: () => refusal(code, 'no') });
    const writer = createClusterWriter(server.config);
    const metadata = { name: 'check-1', labels: {} };
    for (const writing of [
      writer.apply({ path, object }),
      writer.deleteObject({ path, uid: 'u1' }),
      writer.createPod({ namespace: 'shop', pod: { metadata, spec: {} } }),
      writer.setPoolerImage({ namespace: 'shop', name: 'db', image: 'i', before: '', version: '7' }),
    ])
      await expect(writing).rejects.toBeInstanceOf(type);
  });

  it('deletes by uid, and takes what is gone for deleted', async () => {
    const server = await fakeApiServer({ answer: () => refusal(404, 'not found') });
    await createClusterWriter(server.config).deleteObject({ path, uid: 'u1' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ preconditions: { uid: 'u1' } });
  });
});

describe('rehearsePodCreation', () => {
  it('sends the pod as its controller would create it, as a dry run', async () => {
    const { server, done } = await rehearsal({ status: 201, json: pod });
    await done;
    const request = server.requests[1];
    expect(request).toMatchObject({ method: 'POST', url: '/api/v1/namespaces/shop/pods?dryRun=All' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { generateName: 'web-1-', namespace: 'shop', labels: { app: 'web' } },
      spec: {
        serviceAccountName: 'default',
        volumes: [{ name: 'data', emptyDir: {} }],
        containers: [{ name: 'web', image: 'nginx', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
        initContainers: [],
      },
    });
  });

  it('passes on why the API would refuse, with the name of the pod that exists', async () => {
    const { done } = await rehearsal(refusal(403, quota('cpu=900m,pods=4')));
    await expect(done).resolves.toMatch(/^pods "web-1" is forbidden: exceeded quota: q/);
    const missing = await rehearsal(refusal(403, 'error looking up service account shop/web'));
    await expect(missing.done).resolves.toBe('error looking up service account shop/web');
    const invalid = await rehearsal(refusal(422, 'Pod "web-1-q9zx4" is invalid: spec.containers[0].image'));
    await expect(invalid.done).resolves.toBe('Pod "web-1" is invalid: spec.containers[0].image');
  });

  it('does not take an overloaded API for a refusal', async () => {
    const { done } = await rehearsal(refusal(503, 'apiserver not ready'));
    await expect(done).rejects.toBeInstanceOf(ClusterUnreachable);
  });

  it('lets a quota be full, for the old pod makes room', async () => {
    const { done } = await rehearsal(refusal(403, quota('cpu=900m,pods=3')));
    await expect(done).resolves.toBeUndefined();
  });

  it.each([
    ['cpu=1000m,pods=3', true],
    ['cpu=1001m,pods=3', false],
    ['cpu=lots,pods=3', false],
    ['memory=1Gi', false],
  ])('reads quantities: %s', (used, room) => {
    expect(hasRoomAfterDeletion(quota(used))).toBe(room);
  });
});
