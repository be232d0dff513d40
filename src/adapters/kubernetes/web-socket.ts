import type { ClientRequest, IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { KubeConfig } from '@kubernetes/client-node';
// The package has no list of exports and its index leaves this one out.
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import { DeadlineExceeded, orAborted, withDeadline } from '../deadline.ts';
import { errorOf } from './errors.ts';
import type { ApiTransport } from './transport.ts';

/** What is used of a web socket of the `ws` package (client-node's own dependency, which comes without types). */
export interface WebSocket {
  /** The version of the protocol of channels that the server took. */
  readonly protocol: string;
  readonly readyState: number;
  readonly OPEN: number;
  readonly CLOSED: number;
  readonly isPaused: boolean;
  readonly bufferedAmount: number;
  send(frame: Buffer, sent: (error?: Error | null) => void): void;
  pause(): void;
  resume(): void;
  close(): void;
  terminate(): void;
  on(event: 'close', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(
    event: 'unexpected-response',
    listener: (request: ClientRequest, response: IncomingMessage) => void,
  ): void;
}

/** Takes one frame: its channel and what it carries; false closes the web socket. */
export type ReceiveFrame = (channel: number, bytes: Buffer) => boolean;

/** How long a closing handshake may take before the connection is cut, ms (the `ws` package alone waits 30 s). */
const closeMs = 500;

/** Frames that wait to be sent above this number of bytes hold up the writer. */
const highWater = 1 << 20;

/**
 * Opens a web socket of the Kubernetes API (port-forward, exec) with the credentials of the transport. Only the handler of
 * client-node is used: what it builds on it has no deadline and no back-pressure. Throws ClusterUnreachable, Forbidden or
 * NotFound.
 */
export async function openWebSocket(
  transport: ApiTransport,
  path: string,
  deadlineMs: number,
  receive: ReceiveFrame,
): Promise<WebSocket> {
  const place = `GET ${transport.server}${path}`;
  const opening: Opening = {};
  try {
    return await withDeadline(deadlineMs, async (signal) => {
      const handler = new WebSocketHandler(configFor(transport, opening, signal), undefined, noStreams());
      return (await orAborted(handler.connect(path, null, receive), signal)) as WebSocket;
    });
  } catch (error) {
    opening.socket?.terminate();
    if (opening.refused !== undefined) throw errorOf(opening.refused, place);
    throw transport.unreachable(place, error instanceof DeadlineExceeded ? error : eventError(error));
  }
}

/** Sends one frame; `sent` is called at once, or, when much waits to be sent already, once it has left. */
export function sendFrame(
  socket: WebSocket,
  channel: number,
  bytes: Uint8Array,
  { sent, failed }: { readonly sent: () => void; readonly failed: (error: Error) => void },
): void {
  const isFull = socket.bufferedAmount > highWater;
  socket.send(Buffer.concat([Buffer.of(channel), bytes]), (error) => {
    if (error) failed(error);
    if (isFull) sent();
  });
  if (!isFull) sent();
}

/** Closes it in good manners, and cuts the connection when the other side has none. */
export function closeWebSocket(socket: WebSocket): void {
  if (socket.readyState === socket.CLOSED) return;
  // A paused web socket would not see the other side's close frame.
  socket.resume();
  socket.close();
  const cut = setTimeout(() => socket.terminate(), closeMs);
  socket.on('close', () => clearTimeout(cut));
}

/** What is known of a web socket while it opens. */
interface Opening {
  socket?: WebSocket;
  refused?: { readonly status: number; readonly text: string };
}

/**
 * The handler takes certificates and headers from a KubeConfig: this one hands it those of the transport (which
 * know no proxies) and a hook that gets hold of the web socket before it is open.
 */
function configFor(transport: ApiTransport, opening: Opening, signal: AbortSignal): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions(transport.config);
  config.applyToHTTPSOptions = async (options) => {
    Object.assign(options, await transport.credentials(signal), {
      perMessageDeflate: false,
      finishRequest(request: ClientRequest, socket: WebSocket) {
        opening.socket = socket;
        socket.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
          readRefusal(response, opening, socket);
        });
        // `ws` ends the request itself only when it has no such hook.
        request.end();
      },
    });
  };
  return config;
}

/** Reads why the API refuses the tunnel, then ends the web socket, which makes the handler's promise reject. */
function readRefusal(response: IncomingMessage, opening: Opening, socket: WebSocket): void {
  const chunks: Buffer[] = [];
  const finish = (): void => {
    opening.refused = { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
    socket.terminate();
  };
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', finish);
  response.on('error', finish);
}

/** The handler closes these when a server asks for it; its default are this process's own stdin and stdout. */
function noStreams(): { stdin: PassThrough; stdout: PassThrough; stderr: PassThrough } {
  return { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
}

/** The handler rejects with the web socket's error event, not with an Error. */
function eventError(error: unknown): unknown {
  if (typeof error === 'object' && error !== null && 'error' in error) return error.error;
  return error;
}
