import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { getCACertificates, type TLSSocket } from 'node:tls';

/** Where the shop is reached: `host` goes out as SNI and Host, the connection goes to `address`:`port`. */
export interface ShopDoor {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** PEM certificates trusted besides the system's. */
  readonly trust: string;
}

export interface DoorAnswer {
  readonly status: number;
  readonly body: string;
}

/** No answer came. `sent` is false when the request certainly never left: the connection was not made. */
export class NoAnswer extends Error {
  readonly sent: boolean;
  constructor(message: string, sent: boolean, cause: unknown) {
    super(message, { cause });
    this.name = 'NoAnswer';
    this.sent = sent;
  }
}

/** A client of one door; `keepAlive` re-uses connections, without it every request knocks anew. */
export interface ShopClient {
  /** Throws `NoAnswer` when there is none within the signal's time. */
  readonly send: (message: ShopMessage) => Promise<DoorAnswer>;
  readonly close: () => void;
}

export interface ShopMessage {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Builds a client. Certificates are always checked. */
export function shopClient(door: ShopDoor, keepAlive: boolean): ShopClient {
  const agent = new Agent({ keepAlive, ca: [...getCACertificates('default'), door.trust] });
  return { send: (message) => send(door, agent, message), close: () => agent.destroy() };
}

async function send(door: ShopDoor, agent: Agent, message: ShopMessage): Promise<DoorAnswer> {
  const body = message.body === undefined ? undefined : JSON.stringify(message.body);
  const request = httpsRequest({
    agent,
    host: door.address,
    port: door.port,
    servername: door.host,
    method: message.method,
    path: message.path,
    signal: message.signal,
    headers: {
      Host: `${door.host}:${door.port}`,
      ...(body === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      ...message.headers,
    },
  });
  let sent = false;
  request.once('socket', (socket) => {
    // A re-used connection was secure before: `secureConnect` will not come again.
    if (request.reusedSocket || (socket as TLSSocket).authorized) sent = true;
    else socket.once('secureConnect', () => (sent = true));
  });
  try {
    request.end(body);
    const [response] = await once(request, 'response');
    return { status: response.statusCode, body: await text(response) };
  } catch (error) {
    throw new NoAnswer(reason(error, message.signal), sent, error);
  }
}

function reason(error: unknown, signal: AbortSignal): string {
  if (signal.aborted)
    return signal.reason instanceof Error && signal.reason.name === 'TimeoutError'
      ? 'no answer in time'
      : 'stopped while waiting for an answer';
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
}
