import { describe, expect, test } from 'vitest';

import {
  hardenInventory,
  hardenWorkload,
  judged,
  measured,
  patchedContainer,
} from '../../../test/fakes/harden-inventory.ts';
import { deployment, service, type Manifest } from '../../../test/fakes/inventory.ts';
import { container, now, pod } from '../../../test/fakes/observation.ts';
import { couldNotLook, saw } from '../../domain/looked.ts';
import type { HardenWorkload } from '../inventory.ts';

const db: readonly Manifest[] = [deployment('db'), service('db', { ports: [{ port: 5432 }] })];
const app = (container_: Readonly<Record<string, unknown>>, more = {}) =>
  deployment('app', { container: { env: [{ name: 'DB_HOST', value: 'db' }], ...container_ }, ...more });

async function waits(manifests: readonly Manifest[], changes: Partial<HardenWorkload> = {}, starts = {}) {
  const inventory = await hardenInventory(manifests, {}, 'shop');
  const workloads = manifests
    .filter(({ kind }) => kind === 'Deployment')
    .map((manifest) => hardenWorkload('shop', manifest, changes));
  return judged('wait-for-dependencies', { ...inventory, workloads }, measured(starts));
}

const commandOf = async (
  manifests: readonly Manifest[],
  changes?: Partial<HardenWorkload>,
  starts?: object,
) =>
  (patchedContainer((await waits(manifests, changes, starts))[0], 'initContainers')?.['command'] ??
    []) as readonly string[];

const proxy = (image: string) =>
  deployment('proxy', { container: { image }, volumes: [{ name: 'conf', configMap: { name: 'conf' } }] });

describe('waiting for what is dialled', () => {
  test('an init container of the same image waits at the port that the Service has', async () => {
    const [measure] = await waits([
      app({ imagePullPolicy: 'IfNotPresent', securityContext: { runAsUser: 5 } }),
      ...db,
    ]);
    const added = patchedContainer(measure, 'initContainers');
    expect(added).toMatchObject({
      name: 'rekindle-wait',
      image: 'app:1',
      imagePullPolicy: 'IfNotPresent',
      securityContext: { runAsUser: 5 },
      terminationMessagePolicy: 'FallbackToLogsOnError',
    });
    expect(((added ?? {})['command'] as readonly string[]).slice(-2)).toEqual(['300', 'db:5432']);
    expect(measure).toMatchObject({ change: { restarts: 1 } });
  });

  test.each([
    ['a URL', { env: [{ name: 'URL', value: 'postgres://u:p@db.shop.svc:5433/x' }] }, 'db.shop.svc:5433'],
    [
      'a variable beside it',
      {
        env: [
          { name: 'DB_HOST', value: 'db' },
          { name: 'DB_PORT', value: '5433' },
        ],
      },
      'db:5433',
    ],
    ['a command', { env: [], command: ['serve', '--database', 'db:5433'] }, 'db:5433'],
    ['a scheme of the same name', { env: [{ name: 'URL', value: 'db://db:5433/0' }] }, 'db:5433'],
  ])('the port is taken from %s', async (_where, told, target) => {
    const two = [deployment('db'), service('db', { ports: [{ port: 5432 }, { port: 5433 }] })];
    expect((await commandOf([app(told), ...two])).at(-1)).toBe(target);
  });

  test('a port that nobody names is not guessed', async () => {
    const two = [deployment('db'), service('db', { ports: [{ port: 5432 }, { port: 5433 }] })];
    expect((await waits([app({}), ...two]))[0]?.change).toMatchObject({
      by: 'hand',
      todo: expect.stringContaining('At which port'),
    });
  });

  test('the deadline grows with the longest start of what is waited for', async () => {
    expect((await commandOf([app({}), ...db], {}, { 'Deployment/db': 200 })).at(-2)).toBe('600');
  });

  test('nginx only needs an address when it starts, and only for what its files name', async () => {
    const conf = { 'nginx.conf': 'upstream app { server app:8000; }' };
    const map = { kind: 'ConfigMap', metadata: { name: 'conf' }, data: conf };
    const target = [deployment('app'), service('app', { ports: [{ port: 8000 }] }), map];
    expect((await commandOf([proxy('nginx:1.27'), ...target])).at(-1)).toBe('app');
    expect(
      (await commandOf([proxy('nginx:1.27-alpine'), ...target], tools(['sh', 'getent', 'date', 'sleep'])))[0],
    ).toBe('sh');
    // Others look the name up for each request and start without it.
    expect(await waits([proxy('traefik:v3'), ...target])).toEqual([]);
    const resolving = { ...map, data: { 'nginx.conf': `${conf['nginx.conf']}\nresolver 10.43.0.10;` } };
    expect(await waits([proxy('nginx:1.27'), ...target.slice(0, 2), resolving])).toEqual([]);
  });

  test('is not proposed where an init container is told of it and runs before', async () => {
    const initContainers = [{ name: 'migrate', image: 'app:1', env: [{ name: 'DB_HOST', value: 'db' }] }];
    expect(await waits([app({}, { initContainers }), ...db])).toEqual([]);
  });

  test('is not proposed for what discovery does not take for a dependency', async () => {
    const inventory = await hardenInventory([app({}), ...db], {}, 'shop');
    const components = inventory.stack.components.map((component) =>
      Object.assign({}, component, { dependsOn: [] }),
    );
    const stack = { ...inventory.stack, components };
    expect(judged('wait-for-dependencies', { ...inventory, stack })).toEqual([]);
  });
});

function tools(names: readonly string[]): Partial<HardenWorkload> {
  return { tools: { main: saw(names, 'node', now) } };
}

describe('nothing is guessed', () => {
  test.each([
    ['an image without a program that can wait', tools(['sh']), /neither python3, bash nor getent/],
    [
      'an image that could not be looked at',
      { tools: { main: couldNotLook<never>('the node is silent', 'node', now) } },
      /the node is silent/,
    ],
    ['a workload without a pod', { tools: {} }, /no pod of it runs/],
    ['an object of an operator', { writer: 'postgresql db' }, /postgresql db writes this object/],
  ])('%s is left to a person', async (_what, changes, words) => {
    const [measure] = await waits([app({}), ...db], changes);
    expect(measure?.change).toMatchObject({ by: 'hand', todo: expect.stringMatching(words) });
  });

  test('exits of its own are evidence, the loss of power is none', async () => {
    const exits = [1, 255, 137].map((exitCode) =>
      pod(`app-${exitCode}`, { containers: [container({ lastExit: { exitCode } })] }),
    );
    const [measure] = await waits([app({}), ...db], { pods: exits });
    const facts = measure?.evidence.filter(({ field }) => field === 'last exit');
    expect(facts?.map(({ value }) => value)).toEqual([
      'app-1: main ended with exit code 1; started 2 times in all',
    ]);
  });
});
