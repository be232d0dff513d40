import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { KubeConfig } from '@kubernetes/client-node';
import { onTestFinished } from 'vitest';

/** One request as the fake API server got it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** What the fake answers: an answer, `drop` (cuts the connection), `hang` (never answers), `open` (a stream on which nothing comes), or half an answer. */
export type FakeAnswer =
  | { readonly status?: number; readonly json?: unknown; readonly text?: string }
  | 'drop'
  | 'hang'
  | 'open'
  | 'half';

/** A fake API server on loopback; `forward` serves port-forwards as a kubelet does. */
export interface FakeApiServer {
  readonly config: KubeConfig;
  readonly requests: SeenRequest[];
  /** TCP connections that were accepted so far, and those that are open. */
  readonly connections: () => { readonly accepted: number; readonly open: number };
  stop(): Promise<void>;
  /** Listens again on the same port. */
  restart(): Promise<void>;
}

/** One forwarded port, or the streams of a program (`exec`), seen from the pod's side. */
export interface ForwardedPort {
  /** Path of the request, which names the pod. */
  readonly url: string;
  send(channel: number, bytes: Buffer): void;
  readonly socket: Duplex;
}

export interface FakeApiOptions {
  /** Undefined for an upgrade means that it is granted. */
  readonly answer?: (request: SeenRequest) => FakeAnswer | undefined;
  /** Answers what `answer` does not, in its own time: another server's words, for example. */
  readonly later?: (request: SeenRequest) => Promise<FakeAnswer>;
  /** Called once a port-forward or a program's connection is open; returns what to do with bytes from the client. */
  readonly forward?: (port: ForwardedPort) => (bytes: Buffer) => void;
}

export async function fakeApiServer(options: FakeApiOptions): Promise<FakeApiServer> {
  const requests: SeenRequest[] = [];
  const open = new Set<Socket>();
  let accepted = 0;
  const server = http.createServer((request, response) => {
    const serve = async (): Promise<void> => {
      const seen = await read(request);
      requests.push(seen);
      const unknown: FakeAnswer = { status: 404, text: '404 page not found' };
      reply(response, options.answer?.(seen) ?? (await options.later?.(seen)) ?? unknown);
    };
    void serve();
  });
  server.on('connection', (socket) => {
    accepted += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('upgrade', (request, socket: Socket) => {
    socket.on('error', () => undefined);
    // The server of Node leaves connections half open; a real one closes them.
    socket.on('end', () => socket.destroy());
    const seen = { method: 'GET', url: request.url ?? '', headers: request.headers, body: '' };
    requests.push(seen);
    const answer = options.answer?.(seen);
    if (answer === 'hang') {
      // Read, so that the client's goodbye is noticed.
      socket.resume();
      return;
    }
    if (answer === 'drop') socket.destroy();
    else if (answer === undefined) upgrade(request, socket, options);
    else refuse(socket, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.resetAndDestroy();
    await closed;
  };
  onTestFinished(async () => {
    if (server.listening) await stop();
  });
  return {
    config: configFor(`http://127.0.0.1:${port}`),
    requests,
    connections: () => ({ accepted, open: open.size }),
    stop,
    async restart() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}

/** A kubeconfig for a server without TLS, with a token. */
export function configFor(server: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'fake', server, skipTLSVerify: true },
    { name: 'user', token: 'token-of-the-fake' },
  );
  return config;
}

async function read(request: http.IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  return { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

function reply(response: http.ServerResponse, answer: FakeAnswer): void {
  if (answer === 'hang') return;
  if (answer === 'drop') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (answer === 'open') {
    response.writeHead(200);
    response.flushHeaders();
    return;
  }
  if (answer === 'half') {
    response.writeHead(200, { 'Content-Length': 1000 });
    response.write('{"kind":', () => response.socket?.destroy());
    return;
  }
  response.writeHead(answer.status ?? 200);
  response.end(answer.text ?? JSON.stringify(answer.json));
}

function refuse(socket: Duplex, answer: Exclude<FakeAnswer, string> | 'half' | 'open'): void {
  const { status = 500, json, text } = typeof answer === 'string' ? {} : answer;
  const body = text ?? JSON.stringify(json);
  socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function upgrade(request: http.IncomingMessage, socket: Duplex, options: FakeApiOptions): void {
  // RFC 6455, 1.3: the answer to the key.
  const isForward = (request.url ?? '').includes('/portforward?');
  const key = `${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Protocol: ${isForward ? 'v4' : 'v5'}.channel.k8s.io\r\n` +
      `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}\r\n\r\n`,
  );
  const send = (channel: number, bytes: Buffer): void => {
    if (socket.writable) socket.write(frame(2, Buffer.concat([Buffer.of(channel), bytes])));
  };
  if (isForward) {
    // A kubelet begins each channel with the port, two bytes.
    send(0, Buffer.of(0x38, 0x15));
    send(1, Buffer.of(0x38, 0x15));
  }
  const received = options.forward?.({ url: request.url ?? '', send, socket }) ?? (() => undefined);
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let next = unframe(rest); next !== undefined; next = unframe(rest)) {
      rest = rest.subarray(next.length);
      if (next.opcode === 8) socket.end(frame(8, next.payload));
      else if (next.opcode === 2) received(next.payload.subarray(1));
    }
  });
}

function frame(opcode: number, payload: Buffer): Buffer {
  const short = payload.length < 126;
  const head = Buffer.alloc(short ? 2 : 10);
  head[0] = 0x80 | opcode;
  head[1] = short ? payload.length : 127;
  if (!short) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** The first whole frame of a client (always masked); undefined when there is none yet. */
function unframe(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  if (bytes.length < 6) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const extra = { 126: 2, 127: 8 }[short] ?? 0;
  if (bytes.length < 6 + extra) return undefined;
  const size = extra === 0 ? short : bytes.readUIntBE(extra === 8 ? 4 : 2, extra === 8 ? 6 : 2);
  const start = 6 + extra;
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(
    bytes.subarray(start, start + size).map((byte, i) => byte ^ (mask[i % 4] ?? 0)),
  );
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, length: start + size };
}
