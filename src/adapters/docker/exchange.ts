import http from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { ArchiveBody } from '../../ports/cluster-provider.ts';
import type { EngineEndpoint } from './endpoint.ts';

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
  /** A tar archive as the body. */
  readonly archive?: ArchiveBody;
}

export interface EngineAnswer {
  readonly status: number;
  readonly bytes: Buffer;
}

/**
 * Sends one request over a connection of its own: a socket of an engine that was killed must not be used again. Resolves
 * with the head of the answer; its body is the caller's to read or to destroy. `signal` ends both.
 */
export async function open(
  { socketPath, host, port }: EngineEndpoint,
  { method, path, body, archive }: EngineRequest,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const json = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  const sent = http.request({
    ...(socketPath === undefined ? { host, port } : { socketPath, host: 'docker' }),
    method,
    path,
    // An agent of its own keeps no connection and, unlike the global one, knows no proxies.
    agent: new http.Agent(),
    headers: {
      'Content-Type': archive === undefined ? 'application/json' : 'application/x-tar',
      'Content-Length': archive?.bytes ?? json.length,
    },
    signal,
  });
  sent.on('error', reject);
  sent.on('response', resolve);
  // An archive that cannot be sent to its end is told by the request's own error, or by an answer that came before it.
  if (archive === undefined) sent.end(json);
  else pipeline(Readable.from(archive.chunks), sent).catch(reject);
  try {
    return await promise;
  } catch (error) {
    sent.destroy();
    throw signal.aborted ? signal.reason : error;
  }
}

/** Sends one request and keeps the whole answer. Throws the signal's reason or the system's error. */
export async function exchange(
  endpoint: EngineEndpoint,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const response = await open(endpoint, request, signal);
  const bytes = await wholeBody(response, signal);
  return { status: response.statusCode ?? 0, bytes };
}

/** What is left of an answer's body. Throws the signal's reason or the system's error. */
export async function wholeBody(response: http.IncomingMessage, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  return Buffer.concat(chunks);
}
