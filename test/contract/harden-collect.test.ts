import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { discover } from '../../src/discover/discover.ts';
import type { Stack } from '../../src/domain/stack.ts';
import { collectHardening } from '../../src/harden/collect/collect.ts';
import { KeptAnswers } from '../../src/observe/kept-answers.ts';
import { LateAnswers } from '../../src/observe/late-answers.ts';
import type { ObserveContext } from '../../src/observe/context.ts';
import type { ClusterProvider } from '../../src/ports/cluster-provider.ts';
import type { ClusterReader, KubeObject } from '../../src/ports/cluster.ts';
import type { DoorAnswer, DoorRequest } from '../../src/ports/front-door-client.ts';
import { exampleLab } from '../fakes/example-shop.ts';
import { dnsStream } from '../fakes/dns-answer.ts';
import { inventoryOf, type Manifest } from '../fakes/inventory.ts';
import { node, now } from '../fakes/observation.ts';
import { AppliedObjects } from '../fakes/server-side-apply.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

const namespace = 'jewelry-shop';
const containerId = 'a'.repeat(64);

function podOf(name: string, container: string): KubeObject {
  const labels = { component: name };
  return {
    kind: 'Pod',
    metadata: { name: `${name}-1`, namespace, uid: `uid-of-${name}-1`, labels },
    spec: { nodeName: 'server-0', containers: [{ name: container }] },
    status: {
      phase: 'Running',
      podIP: '10.42.0.5',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        { name: container, ready: true, containerID: `containerd://${containerId}`, state: { running: {} } },
      ],
    },
  };
}

const corefile = (imports: string) => `.:53 {\n  hosts /etc/coredns/NodeHosts\n}\n${imports}\n`;

function coreDns(custom: boolean): ReadonlyMap<string, KubeObject> {
  const metadata = { name: 'coredns', namespace: 'kube-system', uid: 'u' };
  const volumes = custom ? [{ name: 'custom', configMap: { name: 'coredns-custom', optional: true } }] : [];
  const imports = custom ? 'import /etc/coredns/custom/*.server' : '';
  return new Map<string, KubeObject>([
    [
      '/api/v1/namespaces/kube-system/configmaps/coredns',
      { metadata, data: { Corefile: corefile(imports), NodeHosts: '172.18.0.1 host.k3d.internal\n' } },
    ],
    [
      '/apis/apps/v1/namespaces/kube-system/deployments/coredns',
      { metadata, spec: { template: { spec: { volumes } } } },
    ],
  ]);
}

interface World {
  /** Root of every container, as its node sees it. */
  readonly root?: string;
  readonly custom?: boolean;
  /** Lists by the end of their path. */
  readonly lists?: Readonly<Record<string, readonly KubeObject[] | Error>>;
  readonly door?: (request: DoorRequest) => DoorAnswer;
  /** Takes the path of each list that is asked for. */
  readonly asked?: (path: string) => void;
}

const plural = ({ kind }: Manifest) => (kind === 'Ingress' ? 'ingresses' : `${kind.toLowerCase()}s`);

async function contextOf({ root, custom = true, lists = {}, door, asked }: World): Promise<ObserveContext> {
  const manifests = exampleLab();
  const stack: Stack = discover(await inventoryOf(namespace, manifests), {
    cluster: { provider: 'k3d', name: 'shop', context: 'k3d-shop' },
    published: new Map([[30443, '127.0.0.1:8443']]),
    certificateNames: new Map([['jewelry-shop-tls', 'jewelry-shop.local']]),
  });
  const pods = [podOf('django', 'django'), podOf('nginx', 'nginx'), podOf('redis', 'redis')];
  const dns = coreDns(custom);
  const list = (path: string): Promise<readonly KubeObject[]> => {
    asked?.(path);
    const given = Object.entries(lists).find(([end]) => path.endsWith(end))?.[1];
    if (given instanceof Error) return Promise.reject(given);
    if (given !== undefined) return Promise.resolve(given);
    if (path.endsWith('/pods')) return Promise.resolve(pods);
    const found = manifests.filter((manifest) =>
      path.endsWith(`/namespaces/${namespace}/${plural(manifest)}`),
    );
    return Promise.resolve(
      found.map((manifest) =>
        Object.assign({}, manifest, {
          metadata: { ...manifest.metadata, namespace, uid: manifest.metadata.name },
        }),
      ),
    );
  };
  const reader: Partial<ClusterReader> = {
    list,
    get: (path) => Promise.resolve(dns.get(path)),
    secret: () => Promise.resolve(undefined),
    tunnel: () => Promise.resolve(dnsStream()),
  };
  const provider: Partial<ClusterProvider> = {
    containers: () => Promise.resolve([node('server-0', { role: 'server' })]),
    askNode: (_id, argv) => {
      if (root === undefined) return Promise.reject(new Error('the engine is silent'));
      const [file = '', ...args] = argv;
      expect(args.at(-1)).toContain(containerId);
      return Promise.resolve(
        execFileSync(file, [...args.slice(0, -1), root], { encoding: 'utf8', stdio: 'pipe' }),
      );
    },
  };
  const clock = new VirtualClock(now);
  return {
    stack,
    clock,
    reader: reader as ClusterReader,
    provider: provider as ClusterProvider,
    sql: { query: () => Promise.reject(new Error('nobody asks')) },
    door: { request: (request) => Promise.resolve(door?.(request) ?? { status: 200, body: 'ok' }) },
    kept: new KeptAnswers(clock),
    late: new LateAnswers(clock),
  };
}

const workload = async (world: World, name: string) => {
  const { inventory } = await collectHardening(await contextOf(world));
  return inventory.workloads.find((entry) => entry.name === name);
};

/** A web server that sends everybody to another host. */
const door = ({ url }: DoorRequest): DoorAnswer =>
  url === 'http://10.42.0.5:8000/health/'
    ? { status: 302, body: '', location: 'https://shop.local/login/' }
    : { status: 200, body: '' };

const brokenDoor = (): DoorAnswer => {
  throw new Error('socket hang up');
};

/** Containers with a readiness probe by HTTP: whether they were asked, or why not. */
async function asking(world: World, name: string) {
  const { probed = {} } = (await workload(world, name)) ?? {};
  return Object.entries(probed).map(([container, look]) => [container, look.looked ? 'asked' : look.why]);
}

const warning = (message: string): KubeObject => ({
  metadata: { name: 'e', uid: 'e' },
  involvedObject: { name: 'django-1' },
  message,
});

describe('looking for what the measures judge', () => {
  test('finds the programs of an image on the node, links that lead nowhere from there too', async () => {
    const root = temporaryFolder();
    for (const folder of ['usr/bin', 'usr/local/bin']) mkdirSync(join(root, folder), { recursive: true });
    symlinkSync('usr/bin', join(root, 'bin'));
    writeFileSync(join(root, 'usr/bin/getent'), '');
    writeFileSync(join(root, 'usr/local/bin/python3'), '');
    symlinkSync('/nowhere/busybox', join(root, 'usr/bin/sh'));
    writeFileSync(join(root, 'usr/bin/nginx'), '');
    const django = await workload({ root }, 'django');
    expect(django?.tools['django']).toMatchObject({ looked: true, value: ['python3', 'getent', 'sh'] });
  });

  test('says why the programs are not known', async () => {
    expect((await workload({}, 'django'))?.tools['django']).toMatchObject({
      looked: false,
      why: 'the engine is silent',
    });
    const gone = join(temporaryFolder(), 'gone');
    expect((await workload({ root: gone }, 'django'))?.tools['django']).toMatchObject({ looked: false });
    expect((await workload({}, 'celery-worker'))?.tools['celery']).toMatchObject({
      looked: false,
      why: 'no pod of it runs',
    });
  });

  test('asks readiness probes as the kubelet does, and the health path where it is known', async () => {
    const django = await workload({ door }, 'django');
    expect(django?.probed['django']).toMatchObject({
      value: { path: '/health/', status: 302, location: 'https://shop.local/login/', isLocal: false },
    });
    expect(django?.health).toMatchObject({
      container: 'django',
      port: 8000,
      scheme: 'HTTP',
      path: '/health/',
    });
    const nginx = await workload({ door }, 'nginx');
    expect(nginx?.health).toMatchObject({ port: 8443, scheme: 'HTTPS', answer: { value: { status: 200 } } });
  });

  test('says of each readiness probe by HTTP that it could not ask why, and of no other', async () => {
    expect(await asking({}, 'django')).toEqual([['django', 'asked']]);
    expect(await asking({ door: brokenDoor }, 'django')).toEqual([['django', 'socket hang up']]);
    const withoutPods = { lists: { '/pods': [] } };
    expect(await asking(withoutPods, 'django')).toEqual([['django', 'no pod of it is ready']]);
    // The kubelet does not check the certificate of this one.
    expect(await asking({}, 'nginx')).toEqual([['nginx', expect.stringContaining('HTTPS')]]);
    expect(await asking({}, 'redis')).toEqual([]);
  });

  test('takes the kubelet’s warnings to their pods', async () => {
    const lists = {
      '/events': [
        warning('Readiness probe warning: Probe terminated redirects'),
        warning('Liveness probe warning: x'),
      ],
    };
    expect((await workload({ lists }, 'django'))?.warnings).toMatchObject({
      value: [expect.stringContaining('redirect')],
    });
    expect((await workload({ lists }, 'nginx'))?.warnings).toMatchObject({ value: [] });
  });

  test.each([
    [true, true],
    [false, false],
  ])('sees whether the DNS reads what people give to it: %s', async (custom, reads) => {
    const { inventory } = await collectHardening(await contextOf({ custom }));
    expect(inventory.dns).toMatchObject({
      value: { readsCustomServers: reads, listHoldsHost: true, hostAddress: '172.18.0.1' },
    });
  });

  test('what could not be looked at is named; without workloads there is nothing to judge', async () => {
    const forbidden = new Error('poddisruptionbudgets is forbidden');
    const silent = new Error('no answer');
    const { unseen, unread, inventory } = await collectHardening(
      await contextOf({ lists: { '/poddisruptionbudgets': forbidden, '/events': silent } }),
    );
    expect(unseen).toEqual(['PodDisruptionBudgets: poddisruptionbudgets is forbidden', 'events: no answer']);
    // An event is nothing that could be taken back.
    expect(unread).toEqual(['PodDisruptionBudgets: poddisruptionbudgets is forbidden']);
    expect(inventory.budgets.looked).toBe(false);
    const context = await contextOf({ lists: { '/deployments': new Error('the API is silent') } });
    await expect(collectHardening(context)).rejects.toThrow('the API is silent');
  });

  test('a wait of ours that is applied is still called for: what it adds is looked past', async () => {
    const objects = new AppliedObjects();
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/celery-worker`;
    const written = exampleLab().find(({ metadata }) => metadata.name === 'celery-worker');
    if (written === undefined) throw new Error('the example has no celery-worker');
    objects.put(path, { ...written, metadata: { ...written.metadata, namespace } });
    const initContainers = [
      { name: 'rekindle-wait', command: ['sh', '-c', 'nc jewelry-shop-db-pooler 5432'] },
    ];
    const wait = { ...written, spec: { template: { spec: { initContainers } } } };
    await objects.apply({ path, manager: 'rekindle-harden', object: wait });
    const hardened = await objects.get(path);
    if (hardened === undefined) throw new Error('it is gone');
    expect(JSON.stringify(hardened)).toContain('rekindle-wait');
    const { inventory } = await collectHardening(await contextOf({ lists: { '/deployments': [hardened] } }));
    const seen = inventory.discovered.workloads.find(({ name }) => name === 'celery-worker');
    expect(seen?.containers.map(({ title }) => title)).toEqual([expect.stringMatching(/^container /)]);
  });

  test('asks for each list once: two would be of two moments', async () => {
    const paths: string[] = [];
    await collectHardening(await contextOf({ asked: (path) => paths.push(path) }));
    expect(paths).toContain(`/apis/apps/v1/namespaces/${namespace}/deployments`);
    expect(paths.toSorted()).toEqual([...new Set(paths)].toSorted());
  });

  test('keeps the objects by kind and name', async () => {
    const { lives } = await collectHardening(await contextOf({}));
    expect([...lives.keys()]).toContain('StatefulSet jewelry-shop/redis');
  });
});
