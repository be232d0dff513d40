import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

import { certificateTrouble } from '../certificate-trouble.ts';
import type { DoorAnswer, DoorRequest, FrontDoorClient } from '../../ports/front-door-client.ts';

/** More of a body is not needed by any probe. */
const maxBodyBytes = 1_000_000;

/** Reading some hundred CAs takes about 50 ms of a CPU that is busy recovering: made once for each set of certificates. */
const contexts = new Map<string, tls.SecureContext>();

/** The system's and Node's CAs besides the certificates of this request. */
function trusted(trust: readonly string[]): tls.SecureContext {
  const key = trust.join('\n');
  const kept = contexts.get(key);
  if (kept !== undefined) return kept;
  const ca = [...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...trust];
  const made = tls.createSecureContext({ ca });
  contexts.set(key, made);
  return made;
}

function connection(request: DoorRequest, url: URL): https.RequestOptions & tls.ConnectionOptions {
  if ('stream' in request.via) {
    const { stream } = request.via;
    const secure = (): Duplex =>
      url.protocol === 'https:'
        ? tls.connect({
            socket: stream,
            servername: url.hostname,
            secureContext: trusted(request.trust),
          })
        : stream;
    // Without the word `agent`: Node asks an agent for a connection, and then never this function.
    return { createConnection: secure };
  }
  // The last colon: an IPv6 address has more of them and stands in brackets.
  const { address } = request.via;
  const colon = address.lastIndexOf(':');
  return {
    host: address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(colon + 1)),
    servername: url.hostname,
    secureContext: trusted(request.trust),
    // A connection of its own for each request: a kept one would hide that new visitors are refused.
    agent: false,
  };
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > maxBodyBytes) break;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function send(request: DoorRequest, signal: AbortSignal): Promise<DoorAnswer> {
  const url = new URL(request.url);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options: https.RequestOptions & tls.ConnectionOptions = {
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      ...request.headers,
      ...(request.body !== undefined && { 'content-length': Buffer.byteLength(request.body) }),
    },
    signal,
    ...connection(request, url),
  };
  const outgoing = (url.protocol === 'https:' ? https : http).request(options, resolve);
  outgoing.on('error', reject);
  outgoing.end(request.body);
  const response = await promise;
  const { location } = response.headers;
  const body = await bodyOf(response);
  return { status: response.statusCode ?? 0, body, ...(location !== undefined && { location }) };
}

/**
 * HTTP(S) by Node's own client. Environment proxies never apply: the front door is on this machine. Throws with one
 * line when there was no whole answer within the deadline.
 */
export const frontDoorClient: FrontDoorClient = {
  async request(request) {
    const signal = AbortSignal.timeout(request.deadlineMs);
    try {
      return await send(request, signal);
    } catch (error) {
      if (signal.aborted)
        throw new Error(`no answer within ${request.deadlineMs / 1000} s`, { cause: error });
      const trouble = certificateTrouble(error, () => request.trust, Date.now());
      if (trouble !== undefined) throw new Error(`${trouble.cause}. ${trouble.next}`, { cause: error });
      throw error;
    } finally {
      if ('stream' in request.via) request.via.stream.destroy();
    }
  },
};
