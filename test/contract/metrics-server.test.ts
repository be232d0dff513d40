import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { Exposition } from '../../src/telemetry/metrics.ts';
import {
  type ClientLimits,
  type Health,
  type MetricsServer,
  startMetricsServer,
} from '../../src/telemetry/metrics-server.ts';

const contentType = 'text/plain; version=0.0.4; charset=utf-8';
const loopback = { host: '127.0.0.1', port: 0, isLoopback: true };

interface Options {
  readonly health?: Health;
  readonly metrics?: () => Promise<Exposition>;
  readonly isLoopback?: boolean;
  readonly limits?: ClientLimits;
}

async function start({
  health = { isAlive: true, text: 'ok' },
  metrics = () => Promise.resolve({ parts: [Buffer.from('a_metric'), ' 1\n'], contentType }),
  isLoopback = true,
  limits,
}: Options = {}): Promise<MetricsServer> {
  const server = await startMetricsServer({
    address: { ...loopback, isLoopback },
    metrics,
    health: () => health,
    tell: (line) => expect.unreachable(line),
    ...(limits === undefined ? {} : { limits }),
  });
  onTestFinished(() => server.close());
  return server;
}

async function ask(
  port: number,
  path: string,
  { method = 'GET', host = `127.0.0.1:${port}` }: { method?: string; host?: string } = {},
): Promise<{ status: number; body: string; headers: http.IncomingHttpHeaders }> {
  const request = http.request({ host: '127.0.0.1', port, path, method, headers: { host }, agent: false });
  request.end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response), headers: response.headers };
}

/** What comes back on a connection until its end, however it ends. */
async function raw(port: number, send: (socket: net.Socket) => void): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', (bytes: Buffer) => (received += bytes.toString()));
  // The other side may well reset the connection of a client that goes on sending.
  socket.on('error', (error: NodeJS.ErrnoException) => expect(['ECONNRESET', 'EPIPE']).toContain(error.code));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  send(socket);
  await closed;
  return received;
}

describe('the metrics server', () => {
  test('gives the metrics with their type, and ends the connection', async () => {
    const { port } = await start();
    expect(await ask(port, '/metrics?x=1')).toMatchObject({
      status: 200,
      body: 'a_metric 1\n',
      headers: { 'content-type': contentType, 'cache-control': 'no-store', connection: 'close' },
    });
    expect(await ask(port, '/metrics', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test.each<[string, Health, number]>([
    ['is alive', { isAlive: true, text: 'ok: looked 3 s ago' }, 200],
    ['is not', { isAlive: false, text: 'the last look ended 400 s ago' }, 503],
  ])('says that the loop %s', async (_name, health, status) => {
    const { port } = await start({ health });
    expect(await ask(port, '/healthz')).toMatchObject({ status, body: `${health.text}\n` });
  });

  test.each([
    ['/', 'GET', 200, /\/metrics/],
    ['/nothing', 'GET', 404, /\/metrics/],
    ['/../etc/passwd', 'GET', 404, /^Not here/],
    ['/metrics', 'POST', 405, /GET/],
    ['/metrics', 'TRACE', 405, /GET/],
  ])('answers %s %s with %i', async (path, method, status, body) => {
    const { port } = await start();
    const answer = await ask(port, path, { method });
    expect(answer).toMatchObject({ status, body: expect.stringMatching(body) });
    expect(answer.headers.allow).toBe(status === 405 ? 'GET, HEAD' : undefined);
  });

  test('says so when the metrics cannot be made, and goes on', async () => {
    let isBroken = true;
    const metrics = () =>
      isBroken
        ? Promise.reject(new Error('no\u001B[2J way'))
        : Promise.resolve({ parts: ['x 1\n'], contentType });
    const { port } = await start({ metrics });
    expect(await ask(port, '/metrics')).toMatchObject({
      status: 500,
      body: 'The metrics cannot be shown: no way\n',
    });
    isBroken = false;
    expect(await ask(port, '/metrics')).toMatchObject({ status: 200 });
  });

  test('answers by name for this machine only, unless others may come', async () => {
    const own = await start();
    for (const host of ['localhost', '127.0.0.1', '[::1]:9', '127.8.9.1:80'])
      expect(await ask(own.port, '/metrics', { host })).toMatchObject({ status: 200 });
    for (const host of ['rebound.example', '10.0.0.1', 'localhost.example:80'])
      expect(await ask(own.port, '/metrics', { host }), host).toMatchObject({ status: 421 });
    const open = await start({ isLoopback: false });
    expect(await ask(open.port, '/metrics', { host: 'pc.example' })).toMatchObject({ status: 200 });
  });

  test('cannot have a port that another program has, and says it in one line', async () => {
    const taken = net.createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as net.AddressInfo;
    const started = startMetricsServer({
      address: { ...loopback, port },
      metrics: () => expect.unreachable(),
      health: () => expect.unreachable(),
      tell: () => undefined,
    });
    await expect(started).rejects.toMatchObject({
      name: 'MetricsUnavailable',
      message: expect.stringMatching(/^Metrics are not served[^\n]*EADDRINUSE[^\n]*127\.0\.0\.1:\d+[^\n]*$/),
    });
  });

  test('gives its port back when it is closed, with clients connected', async () => {
    const server = await start();
    const idle = net.connect(server.port, '127.0.0.1');
    await once(idle, 'connect');
    idle.on('error', () => undefined);
    await server.close();
    const next = net.createServer();
    next.listen(server.port, '127.0.0.1');
    await once(next, 'listening');
    onTestFinished(() => void next.close());
    expect(next.listening).toBe(true);
  });
});

describe('a hostile client', () => {
  /** Shorter than the real ones, so that the tests are. */
  const limits = { patienceMs: 500, longestMs: 1500 };

  /** More than the kernel's buffers take (tcp(7)). */
  const large = { parts: [Buffer.alloc(64_000_000, 'y')], contentType };

  test.each<[string, (socket: net.Socket) => void, RegExp]>([
    ['says nothing', () => undefined, /^$|^HTTP\/1\.1 408 /],
    [
      'never ends its headers',
      (socket) => socket.write('GET /metrics HTTP/1.1\r\nX: '),
      /^$|^HTTP\/1\.1 408 /,
    ],
    [
      'has huge headers',
      (socket) => socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431 /,
    ],
    ['speaks another language', (socket) => socket.write('\u0016\u0003\u0001\0\0'), /^HTTP\/1\.1 400 /],
    [
      'announces a body that never comes',
      (socket) => socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n'),
      /^HTTP\/1\.1 405 /,
    ],
    [
      'asks a hundred times before it reads',
      (socket) => socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(100)),
      /^HTTP\/1\.1 200 /,
    ],
  ])('that %s is rid of soon', async (_name, send, answer) => {
    const { port } = await start({ limits });
    const started = performance.now();
    expect(await raw(port, send)).toMatch(answer);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(await ask(port, '/metrics')).toMatchObject({ status: 200 });
  });

  test('that never reads is rid of soon, and holds up nobody', async () => {
    const { port } = await start({ limits, metrics: () => Promise.resolve(large) });
    const sockets = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const socket = net.connect(port, '127.0.0.1');
        onTestFinished(() => void socket.destroy());
        await once(socket, 'connect');
        socket.pause();
        socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
        return socket;
      }),
    );
    const before = performance.now();
    expect(await ask(port, '/healthz')).toMatchObject({ status: 200 });
    expect(performance.now() - before).toBeLessThan(2000);
    // Nothing can be awaited here but time: a client that reads would not be one that does not.
    await new Promise((resolve) => setTimeout(resolve, 2 * limits.longestMs));
    for (const socket of sockets) {
      let bytes = 0;
      socket.on('data', (data: Buffer) => (bytes += data.length));
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.resume();
      await closed;
      expect(bytes).toBeLessThan(large.parts[0]?.length ?? 0);
    }
  });

  test('that comes many times at once gets no more than a few connections, and is gone after a while', async () => {
    const { port } = await start({ limits });
    const sockets = Array.from({ length: 200 }, () => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      return socket;
    });
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    const ended = sockets.map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    let open = sockets.length;
    for (const end of ended) void end.then(() => (open -= 1));
    await expect.poll(() => open).toBeLessThanOrEqual(16);
    await Promise.all(ended);
    expect(await ask(port, '/metrics')).toMatchObject({ status: 200 });
  });

  test('that comes too often is turned away, until the next second', async () => {
    const { port } = await start({ limits });
    const answers = await Promise.allSettled(Array.from({ length: 60 }, () => ask(port, '/healthz')));
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(40);
    expect(answers.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    await expect
      .poll(() => ask(port, '/healthz').catch(() => undefined), { timeout: 3000 })
      .toMatchObject({ status: 200 });
  });
});
