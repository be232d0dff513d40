import { Duplex, PassThrough } from 'node:stream';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
// The package has no list of exports and its index leaves this one out.
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import { DeadlineExceeded, orAborted, withDeadline } from '../deadline.ts';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import { errorOf } from './errors.ts';
import type { ApiTransport } from './transport.ts';

export interface TunnelTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** The tunnel was open and broke: the pod refuses the port, the pod or its node went away. */
export class TunnelBroken extends ExplainedError {
  override readonly name = 'TunnelBroken';
}

/** What is used of a web socket of the `ws` package (client-node's own dependency, which comes without types). */
interface WebSocket {
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

/** Frames of a forwarded port: one byte for the channel, then bytes; each channel first sends the port in two bytes. */
const dataChannel = 0;
const portPrefixBytes = 2;

/** After `end()` the answer may still come: the web socket has no half-close, so the tunnel lingers this long, ms. */
const lingerMs = 2000;

/** How long a closing handshake may take before the connection is cut, ms (the `ws` package alone waits 30 s). */
const closeMs = 500;

/** Frames that wait to be sent above this number of bytes hold up the writer. */
const highWater = 1 << 20;

/**
 * Opens a byte stream to a port of a pod: the port-forward of the Kubernetes API over a web socket, protocol
 * `v4.channel.k8s.io`. client-node's own PortForward does not fit: it has no deadline, no back-pressure, swallows
 * errors after the opening, and cannot be cancelled while it connects. Only its handler is used.
 *
 * That the tunnel is open says that the node's kubelet took it, not that something listens on the port: if nothing
 * does, the stream is destroyed with TunnelBroken. Throws ClusterUnreachable, Forbidden or NotFound while opening.
 */
export async function openTunnel(
  transport: ApiTransport,
  target: TunnelTarget,
  deadlineMs: number,
): Promise<Duplex> {
  const { namespace, pod, port } = target;
  const pods = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const path = `${pods}/${encodeURIComponent(pod)}/portforward?ports=${port}`;
  const place = `GET ${transport.server}${path}`;
  const tunnel = new Tunnel(`pod ${namespace}/${pod}, port ${port}`);
  const opening: Opening = {};
  try {
    const socket = await withDeadline(deadlineMs, async (signal) => {
      const handler = new WebSocketHandler(configFor(transport, opening, signal), undefined, noStreams());
      const connecting = handler.connect(path, null, (channel, bytes) => tunnel.receive(channel, bytes));
      return (await orAborted(connecting, signal)) as WebSocket;
    });
    tunnel.attach(socket);
    return tunnel;
  } catch (error) {
    opening.socket?.terminate();
    tunnel.destroy();
    if (opening.refused !== undefined) throw errorOf(opening.refused, place);
    throw transport.unreachable(place, error instanceof DeadlineExceeded ? error : eventError(error));
  }
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

class Tunnel extends Duplex {
  readonly #place: string;
  #socket: WebSocket | undefined;
  #prefixes: [number, number] = [portPrefixBytes, portPrefixBytes];
  #linger: NodeJS.Timeout | undefined;

  constructor(place: string) {
    super({ allowHalfOpen: true });
    this.#place = place;
    // A tunnel that breaks while nobody listens (between two uses) must not end the process; whoever uses it
    // learns of it by its own listener, by a failed write, or by `destroyed`.
    this.on('error', () => undefined);
  }

  /** Binds the open web socket; frames that came with the opening have been received already. */
  attach(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('close', () => {
      clearTimeout(this.#linger);
      if (!this.readableEnded) this.push(null);
      if (!this.writableFinished && !this.destroyed) this.#break('the API closed the tunnel');
    });
    socket.on('error', (error) => this.#break(causeText(error)));
    if (this.destroyed) socket.terminate();
  }

  /** One frame; false closes the web socket. */
  receive(channel: number, bytes: Buffer): boolean {
    if (this.destroyed) return false;
    const isData = channel === dataChannel;
    const skipped = Math.min(this.#prefixes[isData ? 0 : 1], bytes.length);
    this.#prefixes[isData ? 0 : 1] -= skipped;
    const payload = bytes.subarray(skipped);
    if (payload.length === 0) return true;
    if (!isData) {
      this.#break(payload.toString('utf8'));
      return false;
    }
    if (!this.push(payload)) this.#socket?.pause();
    return true;
  }

  override _read(): void {
    if (this.#socket?.isPaused === true) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    if (socket === undefined || socket.readyState !== socket.OPEN) {
      done(this.#broken('the tunnel is closed'));
      return;
    }
    const frame = Buffer.concat([Buffer.of(dataChannel), chunk]);
    if (socket.bufferedAmount > highWater) {
      socket.send(frame, (error) => done(error ?? null));
      return;
    }
    socket.send(frame, (error) => {
      if (error) this.#break(causeText(error));
    });
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#linger = setTimeout(() => this.#socket?.close(), lingerMs);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#linger);
    const socket = this.#socket;
    if (socket !== undefined && socket.readyState !== socket.CLOSED) {
      // A paused web socket would not see the other side's close frame.
      socket.resume();
      socket.close();
      const cut = setTimeout(() => socket.terminate(), closeMs);
      socket.on('close', () => clearTimeout(cut));
    }
    done(error);
  }

  #break(cause: string): void {
    if (!this.destroyed) this.destroy(this.#broken(cause));
  }

  #broken(cause: string): TunnelBroken {
    const next = 'Check that the pod runs and listens on this port.';
    return new TunnelBroken({ what: 'The tunnel broke', cause, place: this.#place, next });
  }
}
