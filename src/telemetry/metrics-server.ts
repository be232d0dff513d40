import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

import { causeText, errorCode, ExplainedError } from '../record/explained-error.ts';
import type { ListenAddress } from './listen-address.ts';
import type { Exposition } from './metrics.ts';

/** Whether the agent's loop is alive, in one line. */
export interface Health {
  readonly isAlive: boolean;
  readonly text: string;
}

export interface MetricsServerOptions {
  readonly address: Pick<ListenAddress, 'host' | 'port' | 'isLoopback'>;
  readonly metrics: () => Promise<Exposition>;
  readonly health: () => Health;
  /** Takes what goes wrong later, in one line. */
  readonly tell: (line: string) => void;
  readonly limits?: ClientLimits;
}

/** How long a client may take, ms. */
export interface ClientLimits {
  /** To ask. */
  readonly patienceMs: number;
  /** From its connection to the end of the answer. */
  readonly longestMs: number;
}

export interface MetricsServer {
  readonly port: number;
  /** Resolves when the port is free again. */
  readonly close: () => Promise<void>;
}

/** Metrics are not served; the agent does its work all the same. */
export class MetricsUnavailable extends ExplainedError {
  override readonly name = 'MetricsUnavailable';
}

/** One Prometheus needs one connection at a time; the rest is for people who look. */
const mostConnections = 16;

/** More in one second are turned away before they can ask: to answer them would take a core. */
const mostPerSecond = 20;

/** A request is one line and a few headers, bytes; Node answers 431 to more. */
const largestHeader = 8 * 1024;

/** The whole takes as long as Prometheus waits (`scrape_timeout`, 10 s). */
const defaultLimits: ClientLimits = { patienceMs: 5000, longestMs: 10_000 };

/** How often Node looks for clients that take too long to ask, ms. */
const checkEveryMs = 1000;

const nextMoves: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'End the program that has this port, or write another address into your configuration, and restart the agent.',
  EADDRNOTAVAIL: 'Write an address that this machine has into your configuration, and restart the agent.',
  EACCES: 'Write a port from 1024 on into your configuration, and restart the agent.',
};

interface Reply {
  readonly status: number;
  readonly body: string | Exposition['parts'];
  readonly headers?: Readonly<Record<string, string>>;
}

const plain = 'text/plain; charset=utf-8';
const noStore = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', Connection: 'close' };

/**
 * A page in a browser may lead any name to this machine and then read what is answered there; it cannot choose the Host header
 * ("DNS rebinding"). Whoever means this machine says its address or `localhost`.
 */
function meansThisMachine(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').replaceAll(/^\[|\]$/g, '');
  return name === 'localhost' || (isIP(name) !== 0 && ipaddr.process(name).range() === 'loopback');
}

async function replyTo(request: http.IncomingMessage, options: MetricsServerOptions): Promise<Reply> {
  if (options.address.isLoopback && !meansThisMachine(request.headers.host))
    return { status: 421, body: 'This address answers for localhost only.\n' };
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, body: 'Only GET and HEAD.\n', headers: { Allow: 'GET, HEAD' } };
  const [path = ''] = (request.url ?? '').split('?', 1);
  switch (path) {
    case '/metrics': {
      const { parts, contentType } = await options.metrics();
      return { status: 200, body: parts, headers: { 'Content-Type': contentType } };
    }
    case '/healthz': {
      const { isAlive, text } = options.health();
      return { status: isAlive ? 200 : 503, body: `${text}\n` };
    }
    case '/':
      return {
        status: 200,
        body: 'The agent of rekindle.\n/metrics  for Prometheus\n/healthz  whether it looks\n',
      };
    default:
      return { status: 404, body: 'Not here. See /metrics and /healthz.\n' };
  }
}

async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  options: MetricsServerOptions,
): Promise<void> {
  const { status, body, headers } = await replyTo(request, options).catch((error: unknown): Reply => {
    return { status: 500, body: `The metrics cannot be shown: ${causeText(error)}\n` };
  });
  const parts = typeof body === 'string' ? [body] : body;
  response.writeHead(status, {
    'Content-Type': plain,
    'Content-Length': parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0),
    ...noStore,
    ...headers,
  });
  if (request.method !== 'HEAD') for (const part of parts) response.write(part);
  response.end();
}

/** Says of each connection whether it is one too many of this second. */
function counter(): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(performance.now() / 1000);
    count = now === second ? count + 1 : 1;
    second = now;
    return count > mostPerSecond;
  };
}

/**
 * Serves `/metrics` and `/healthz`. Every connection ends with its answer, and soon when the client does not ask or does not
 * read. Throws MetricsUnavailable when the address cannot be had.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port } = options.address;
  const { patienceMs, longestMs } = options.limits ?? defaultLimits;
  const server = http.createServer(
    {
      maxHeaderSize: largestHeader,
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      connectionsCheckingInterval: Math.min(checkEveryMs, patienceMs),
    },
    (request, response) => void answer(request, response, options),
  );
  server.maxConnections = mostConnections;
  const isTooMany = counter();
  server.on('connection', (socket) => {
    if (isTooMany()) {
      socket.destroy();
      return;
    }
    // Node's own time limit begins anew with each byte that a client takes.
    const timer = setTimeout(() => socket.destroy(), longestMs);
    socket.once('close', () => clearTimeout(timer));
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const next =
      nextMoves[errorCode(error) ?? ''] ??
      'Write another address into your configuration, and restart the agent.';
    const what = 'Metrics are not served; the agent goes on without them';
    throw new MetricsUnavailable(
      { what, cause: causeText(error), place: `${host}:${port}`, next },
      { cause: error },
    );
  }
  // Accepting may fail while the system has no file descriptors left; it goes on when it has some again.
  server.on('error', (error) =>
    options.tell(`metrics: a connection could not be taken: ${causeText(error)}`),
  );
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
