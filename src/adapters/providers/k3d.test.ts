import { expect, test } from 'vitest';

import type { DockerEngine } from '../docker/engine.ts';
import { createK3dProvider } from './k3d.ts';

const endpoint = { url: 'unix:///run/docker.sock', from: 'the test', socketPath: '/run/docker.sock' };

test.each([
  ['Debian GNU/Linux 12', 'shop-pc', '172.18.0.1'],
  ['Docker Desktop', 'docker-desktop', undefined],
  ['Ubuntu 24.04', 'colima', undefined],
])(
  'the gateway of a network is the host, unless the engine is in a virtual machine: %s',
  async (system, name, gateway) => {
    const node = {
      Id: 'aaa',
      Name: '/k3d-shop-server-0',
      Config: { Labels: { 'k3d.role': 'server' } },
      State: { Status: 'running', StartedAt: '2026-01-01T12:00:00Z', ExitCode: 0 },
      HostConfig: {},
      NetworkSettings: { Networks: { 'k3d-shop': { IPAddress: '172.18.0.2', Gateway: '172.18.0.1' } } },
    };
    const engine = {
      endpoint,
      containerIds: () => Promise.resolve(['aaa']),
      inspect: () => Promise.resolve(node),
      info: () => Promise.resolve({ OperatingSystem: system, Name: name }),
    } as unknown as DockerEngine;
    const [server] = await createK3dProvider({ engine }).containers('shop');
    expect(server).toMatchObject({ name: 'k3d-shop-server-0', state: 'running' });
    expect(server?.gateway).toBe(gateway);
  },
);

test('a registry that stands by itself is no cluster', async () => {
  const engine = { endpoint, labelValues: () => Promise.resolve(['', 'shop']) } as unknown as DockerEngine;
  expect(await createK3dProvider({ engine }).clusters()).toEqual(['shop']);
});

test('an engine that does not tell of itself holds up nobody', async () => {
  const engine = {
    endpoint,
    containerIds: () => Promise.resolve([]),
    info: () => new Promise(() => undefined),
  } as unknown as DockerEngine;
  const start = performance.now();
  expect(await createK3dProvider({ engine }).containers('shop')).toEqual([]);
  expect(performance.now() - start).toBeLessThan(2000);
});
