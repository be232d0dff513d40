import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { ClusterUnreachable, Forbidden, NotFound } from '../../src/adapters/kubernetes/errors.ts';
import { TunnelBroken } from '../../src/adapters/kubernetes/tunnel.ts';
import { fakeApiServer, type FakeApiOptions, type FakeApiServer } from '../fakes/api-server.ts';

const target = { namespace: 'shop', pod: 'db-0', port: 5432 };

async function open(options: FakeApiOptions): Promise<{ server: FakeApiServer; tunnel: Duplex }> {
  const server = await fakeApiServer(options);
  return { server, tunnel: await createClusterReader(server.config, { deadlineMs: 300 }).tunnel(target) };
}

async function broken(tunnel: Duplex): Promise<unknown> {
  return tunnel.errored ?? ((await once(tunnel, 'error')) as unknown[])[0];
}

async function untilClosed(server: FakeApiServer): Promise<void> {
  await vi.waitFor(() => expect(server.connections().open).toBe(0));
}

describe('tunnel', () => {
  it('carries bytes both ways, without the frames', async () => {
    const { server, tunnel } = await open({ forward: (port) => (bytes) => port.send(0, bytes) });
    tunnel.write('SELECT');
    const [answer] = (await once(tunnel, 'data')) as [Buffer];
    expect(answer.toString()).toBe('SELECT');
    expect(server.requests[0]?.url).toBe('/api/v1/namespaces/shop/pods/db-0/portforward?ports=5432');
    tunnel.destroy();
    await untilClosed(server);
  });

  it('carries much, to a reader that is slow', async () => {
    const { server, tunnel } = await open({
      forward: (port) => {
        for (let i = 0; i < 100; i++) port.send(0, Buffer.alloc(100_000, i));
        return () => undefined;
      },
    });
    let bytes = 0;
    for await (const chunk of tunnel) {
      bytes += (chunk as Buffer).length;
      if (bytes === 10_000_000) break;
    }
    expect(bytes).toBe(10_000_000);
    await untilClosed(server);
  });

  it('sends much', async () => {
    let bytes = 0;
    const { tunnel } = await open({ forward: () => (chunk) => void (bytes += chunk.length) });
    for (let i = 0; i < 100; i++) {
      if (!tunnel.write(Buffer.alloc(50_000))) await once(tunnel, 'drain');
    }
    await vi.waitFor(() => expect(bytes).toBe(5_000_000));
    tunnel.destroy();
  });

  it('reads the answer that comes after end()', async () => {
    const { tunnel } = await open({
      forward: (port) => (bytes) => {
        port.send(0, bytes);
        port.socket.end(Buffer.of(0x88, 0));
      },
    });
    tunnel.end('question');
    const chunks: Buffer[] = [];
    for await (const chunk of tunnel) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('question');
  });

  it('breaks with the reason when the pod refuses the port', async () => {
    const { server, tunnel } = await open({
      forward: (port) => {
        port.send(1, Buffer.from('connection refused'));
        return () => undefined;
      },
    });
    const error = await broken(tunnel);
    expect(error).toBeInstanceOf(TunnelBroken);
    expect(String(error)).toMatch(/connection refused \(pod shop\/db-0, port 5432\)/);
    await untilClosed(server);
  });

  it('breaks when the server dies, and a broken tunnel harms nobody', async () => {
    const { server, tunnel } = await open({});
    await server.stop();
    await vi.waitFor(() => expect(tunnel.destroyed).toBe(true));
    expect(tunnel.errored).toBeInstanceOf(TunnelBroken);
    tunnel.write('into the void');
    tunnel.destroy();
  });

  it.each([
    [403, Forbidden],
    [404, NotFound],
    [500, ClusterUnreachable],
  ] as const)('tells why the API refuses (%i)', async (status, type) => {
    const json = { kind: 'Status', message: `the reason for ${status}` };
    const opening = open({ answer: () => ({ status, json }) });
    await expect(opening).rejects.toBeInstanceOf(type);
    await expect(opening).rejects.toThrow(`the reason for ${status}`);
  });

  it('gives up when it is not opened in time, and leaves no connection', async () => {
    const server = await fakeApiServer({ answer: () => 'hang' });
    const opening = createClusterReader(server.config, { deadlineMs: 100 }).tunnel(target);
    await expect(opening).rejects.toThrow(/no answer within 100 ms/);
    await untilClosed(server);
  });

  it('says where nothing listens', async () => {
    const server = await fakeApiServer({ answer: () => 'drop' });
    const reader = createClusterReader(server.config, { deadlineMs: 300 });
    await expect(reader.tunnel(target)).rejects.toThrow(/hang up|ECONNRESET/);
    await server.stop();
    await expect(reader.tunnel(target)).rejects.toThrow(/ECONNREFUSED/);
  });
});
