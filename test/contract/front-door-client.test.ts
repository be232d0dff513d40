import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { frontDoorClient } from '../../src/adapters/front-door/client.ts';
import { certificateOf, noLonger, notYet, type KeyPair } from '../fakes/certificate.ts';

/** Host and port of the URL lead nowhere: whoever connects to them instead of `via` fails. */
const url = 'https://shop.local:1/health/';
const deadlineMs = 2000;
const servers: http.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: http.Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as net.AddressInfo).port;
}

async function shop(
  pair: KeyPair = certificateOf('shop.local'),
): Promise<{ port: number; trust: string[]; seen: string[] }> {
  const seen: string[] = [];
  const server = https.createServer(pair, (request, response) => {
    seen.push(`${request.method} ${request.headers.host} ${request.url}`);
    response.end('ok');
  });
  return { port: await listen(server), trust: [pair.cert], seen };
}

describe('front door', () => {
  it('is asked at the published address, by the name in the URL', async () => {
    const { port, trust, seen } = await shop();
    const via = { address: `127.0.0.1:${port}` };
    const answer = await frontDoorClient.request({ url, method: 'GET', trust, via, deadlineMs });
    expect(answer).toEqual({ status: 200, body: 'ok' });
    expect(seen).toEqual(['GET shop.local:1 /health/']);
  });

  it('is asked through a stream that is already open, with the same check of its certificate', async () => {
    const { port, trust, seen } = await shop();
    const open = () => ({ stream: net.connect(port, '127.0.0.1') });
    const answer = await frontDoorClient.request({ url, method: 'GET', trust, via: open(), deadlineMs });
    expect(answer.status).toBe(200);
    expect(seen).toHaveLength(1);
    const stranger = frontDoorClient.request({ url, method: 'GET', trust: [], via: open(), deadlineMs });
    await expect(stranger).rejects.toThrow(/self-signed/);
  });

  it('trusts a certificate for its own name only', async () => {
    const { port, trust } = await shop();
    const via = { address: `127.0.0.1:${port}` };
    const other = { url: 'https://other.local:1/', method: 'GET', trust, via, deadlineMs };
    await expect(frontDoorClient.request(other)).rejects.toThrow(/altnames/);
  });

  it.each([
    [
      'not valid yet',
      notYet,
      /valid from 2096-01-01T00:00:00Z on, and this machine's clock says 2\d{3}-.*clock is probably wrong\. Set the clock/,
    ],
    [
      'no longer valid',
      noLonger,
      /valid until 2001-01-01T00:00:00Z, and this machine's clock says 2\d{3}-.*renew it, unless.*timedatectl/,
    ],
  ] as const)('names both times when its certificate is %s', async (_name, dates, words) => {
    const { port, trust, seen } = await shop(certificateOf('shop.local', dates));
    const via = { address: `127.0.0.1:${port}` };
    const asked = frontDoorClient.request({ url, method: 'GET', trust, via, deadlineMs });
    await expect(asked).rejects.toThrow(words);
    expect(seen).toEqual([]);
  });

  it('says that nothing came within the deadline', async () => {
    const port = await listen(http.createServer(() => undefined));
    const via = { address: `127.0.0.1:${port}` };
    const silent = { url: 'http://shop.local:1/', method: 'GET', trust: [], via, deadlineMs: 50 };
    await expect(frontDoorClient.request(silent)).rejects.toThrow('no answer within 0.05 s');
  });

  it('does not follow a redirect by itself', async () => {
    const port = await listen(
      http.createServer((_request, response) => response.writeHead(302, { location: '/login' }).end()),
    );
    const via = { address: `127.0.0.1:${port}` };
    const moved = { url: 'http://shop.local:1/', method: 'GET', trust: [], via, deadlineMs };
    expect(await frontDoorClient.request(moved)).toMatchObject({ status: 302, location: '/login' });
  });
});
