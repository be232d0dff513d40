import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import process from 'node:process';
import { beforeAll, expect, onTestFinished, test } from 'vitest';

import { bundle } from '../../scripts/bundle.ts';
import { runningShop, startProgram } from '../fakes/running-shop.ts';

beforeAll(async () => {
  await bundle();
});

/** Listens on this machine and counts who comes; what comes is answered by the end of the connection. */
async function counter(): Promise<{ readonly port: number; readonly connections: () => number }> {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

/** Every name by which a program may learn of a proxy, and the one by which Node uses them (nodejs.org, NODE_USE_ENV_PROXY). */
function proxied(port: number): Readonly<Record<string, string>> {
  const names = ['http_proxy', 'https_proxy', 'all_proxy'];
  const url = `http://127.0.0.1:${port}`;
  return {
    NODE_USE_ENV_PROXY: '1',
    ...Object.fromEntries([...names, ...names.map((name) => name.toUpperCase())].map((name) => [name, url])),
  };
}

/** The engine's socket behind a port. */
async function tcpEngine(socketPath: string): Promise<string> {
  const server = net.createServer((client) => {
    const engine = net.connect(socketPath);
    client.on('error', () => engine.destroy());
    engine.on('error', () => client.destroy());
    client.pipe(engine).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([['a socket'], ['a port']])(
  'proxies of the environment are never used: the engine behind %s, API, tunnels and front door on this machine',
  { timeout: 60_000 },
  async (where) => {
    const proxy = await counter();
    const shop = await runningShop({ isShunned: true });
    const host = where === 'a port' ? await tcpEngine(shop.engine.socketPath) : shop.engine.url;
    const ended = await shop.start(['up', '--json'], { ...proxied(proxy.port), DOCKER_HOST: host }).ended;
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(ended.stdout)).toMatchObject({ verdict: { proven: 'verified' } });
    expect(shop.reloads()).toBe(1);
    expect(proxy.connections()).toBe(0);
  },
);

test('with the same environment another program does come through the proxy', async () => {
  const proxy = await counter();
  const get = "require('node:http').get('http://shop.invalid/').on('error', () => undefined)";
  const env = { PATH: process.env['PATH'], ...proxied(proxy.port) };
  await startProgram([], { cwd: '/', env }, [process.execPath, '-e', get]).ended;
  expect(proxy.connections()).toBe(1);
});
