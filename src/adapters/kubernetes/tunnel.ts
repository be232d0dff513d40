import { Duplex } from 'node:stream';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import type { ApiTransport } from './transport.ts';
import { closeWebSocket, openWebSocket, type ReceiveFrame, sendFrame, type WebSocket } from './web-socket.ts';

export interface TunnelTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** The tunnel was open and broke: the pod refuses the port, the pod or its node went away. */
export class TunnelBroken extends ExplainedError {
  override readonly name = 'TunnelBroken';
}

/** Frames of a forwarded port: one byte for the channel, then bytes; each channel first sends the port in two bytes. */
const dataChannel = 0;
const portPrefixBytes = 2;

/** After `end()` the answer may still come: the web socket has no half-close, so the tunnel lingers this long, ms. */
const lingerMs = 2000;

/**
 * Opens a byte stream to a port of a pod: the port-forward of the Kubernetes API over a web socket, protocol
 * `v4.channel.k8s.io`. client-node's own PortForward does not fit: it has no deadline, no back-pressure, swallows
 * errors after the opening, and cannot be cancelled while it connects.
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
  const tunnel = new Tunnel(`pod ${namespace}/${pod}, port ${port}`);
  try {
    const receive: ReceiveFrame = (channel, bytes) => tunnel.receive(channel, bytes);
    tunnel.attach(await openWebSocket(transport, path, deadlineMs, receive));
    return tunnel;
  } catch (error) {
    tunnel.destroy();
    throw error;
  }
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
    sendFrame(socket, dataChannel, chunk, {
      sent: done,
      failed: (error) => this.#break(causeText(error)),
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#linger = setTimeout(() => this.#socket?.close(), lingerMs);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#linger);
    if (this.#socket !== undefined) closeWebSocket(this.#socket);
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
