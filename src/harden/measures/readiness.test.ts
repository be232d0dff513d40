import { describe, expect, test } from 'vitest';

import { exampleLab } from '../../../test/fakes/example-shop.ts';
import {
  hardenInventory,
  hardenWorkload,
  judged,
  patchedContainer,
} from '../../../test/fakes/harden-inventory.ts';
import { deployment, service } from '../../../test/fakes/inventory.ts';
import { now } from '../../../test/fakes/observation.ts';
import { couldNotLook, saw } from '../../domain/looked.ts';
import type { HardenWorkload, HealthLook, HttpLook } from '../inventory.ts';

const tcp = { readinessProbe: { tcpSocket: { port: 8000 } } };
const http = { readinessProbe: { httpGet: { path: '/', port: 8000 } } };

async function readiness(
  container: Readonly<Record<string, unknown>>,
  changes: Partial<HardenWorkload> = {},
) {
  const manifest = deployment('web', { container: { ports: [{ containerPort: 8000 }], ...container } });
  const inventory = await hardenInventory([manifest, service('web')], {}, 'shop');
  return judged('readiness', { ...inventory, workloads: [hardenWorkload('shop', manifest, changes)] });
}

const health = (status: number): HealthLook => ({
  container: 'main',
  port: 8000,
  scheme: 'HTTP',
  path: '/health/',
  from: 'a test',
  answer: saw({ path: '/health/', status }, 'pod', now),
});

const probed = (look: HttpLook): Partial<HardenWorkload> => ({ probed: { main: saw(look, 'pod', now) } });

describe('readiness that proves something', () => {
  test('a TCP probe gives way to the health path where that answers', async () => {
    const [measure] = await readiness(tcp, { health: health(200) });
    expect(patchedContainer(measure, 'containers')).toEqual({
      name: 'main',
      readinessProbe: { tcpSocket: null, httpGet: { path: '/health/', port: 8000 } },
    });
  });

  test('a container without a probe behind a Service gets one', async () => {
    const [measure] = await readiness({}, { health: { ...health(204), scheme: 'HTTPS' } });
    expect(patchedContainer(measure, 'containers')).toMatchObject({
      readinessProbe: { httpGet: { path: '/health/', port: 8000, scheme: 'HTTPS' }, periodSeconds: 5 },
    });
  });

  test.each([
    ['it is not known', undefined],
    ['it answers with an error', health(500)],
    ['it answers with a redirect', health(302)],
    ['it could not be asked', { ...health(200), answer: couldNotLook<HttpLook>('silent', 'pod', now) }],
    ['it is that of another container', { ...health(200), container: 'sidecar' }],
  ])('the health path is not proposed where %s', async (_why, look) => {
    const [measure] = await readiness(tcp, look === undefined ? {} : { health: look });
    expect(measure?.change).toMatchObject({ by: 'hand', todo: expect.stringContaining('is not known here') });
  });

  test.each([
    [
      'to another host, which counts as success',
      { location: 'https://shop.local/', isLocal: false },
      /counts the redirect itself/,
    ],
    [
      'to another page, which is followed',
      { location: '/login/', isLocal: true },
      /counts the page that it ends at/,
    ],
  ])('a redirect %s is flagged', async (_what, redirect, words) => {
    const [measure] = await readiness(http, probed({ path: '/', status: 302, ...redirect }));
    expect(measure?.why).toMatch(words);
  });

  test('a redirect is mended by the path alone', async () => {
    const look = probed({ path: '/', status: 302, location: 'https://shop.local/', isLocal: false });
    const [measure] = await readiness(http, { ...look, health: health(200) });
    expect(patchedContainer(measure, 'containers')).toEqual({
      name: 'main',
      readinessProbe: { httpGet: { path: '/health/', port: 8000 } },
    });
  });

  test('a warning of the kubelet is enough where the probe could not be asked', async () => {
    const [measure] = await readiness(http, { warnings: saw(['the kubelet warns'], 'events', now) });
    expect(measure?.why).toContain('the kubelet warns');
  });

  test.each([
    ['answers 200', http, probed({ path: '/', status: 200 })],
    [
      'only gets a slash at its end',
      http,
      probed({ path: '/health', status: 301, location: '/health/', isLocal: true }),
    ],
    ['could not be asked', http, { probed: { main: couldNotLook<HttpLook>('silent', 'pod', now) } }],
    ['runs a command', { readinessProbe: { exec: { command: ['check'] } } }, {}],
  ])('nothing is said about a probe that %s', async (_what, container, changes) => {
    expect(await readiness(container, changes)).toEqual([]);
  });
});

const redis = async (changes: Partial<HardenWorkload> = {}, args: readonly string[] = []) => {
  const manifest = deployment('cache', {
    container: {
      image: 'redis:7',
      command: ['redis-server', ...args],
      readinessProbe: { tcpSocket: { port: 6379 } },
    },
  });
  const inventory = await hardenInventory([manifest], {}, 'shop');
  return judged('readiness', { ...inventory, workloads: [hardenWorkload('shop', manifest, changes)] });
};

describe('Redis', () => {
  test('is asked by its own client, at the port that it is told', async () => {
    const [measure] = await redis({}, ['--port', '7000']);
    expect(patchedContainer(measure, 'containers')).toMatchObject({
      readinessProbe: {
        tcpSocket: null,
        exec: { command: ['sh', '-c', 'test "$(redis-cli -p 7000 ping)" = PONG'] },
      },
    });
  });

  test.each([
    ['reads a configuration file', {}, ['/etc/redis.conf']],
    ['wants a password', {}, ['--requirepass', 'x']],
    ['has no client in its image', { tools: { main: saw(['sh'], 'node', now) } }, []],
  ])('is left to a person when it %s', async (_what, changes, args) => {
    expect((await redis(changes, args))[0]?.change.by).toBe('hand');
  });
});

test('what the operator writes is left to it', async () => {
  const inventory = await hardenInventory(exampleLab());
  const workloads = inventory.workloads.map((entry) =>
    entry.name === 'jewelry-shop-db-pooler'
      ? {
          ...entry,
          containers: entry.containers.map((container) =>
            Object.assign({}, container, tcp, { ports: [{ containerPort: 5432 }] }),
          ),
        }
      : entry,
  );
  const found = judged('readiness', { ...inventory, workloads });
  const pooler = found.find(({ object }) => object.name === 'jewelry-shop-db-pooler');
  expect(pooler?.change).toMatchObject({
    by: 'nothing',
    reason: expect.stringMatching(/only opens a TCP connection.*Zalando operator/),
  });
});
