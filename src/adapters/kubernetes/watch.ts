import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { ObjectChange } from '../../ports/cluster.ts';
import { withDeadline } from '../deadline.ts';
import { jsonLines } from '../json-lines.ts';
import { errorOf } from './errors.ts';
import type { ApiTransport } from './transport.ts';

/** The API server ends the watch after this time, s: a connection that died without a word is then noticed by `silenceMs`. */
const watchSeconds = 240;

/** A bookmark comes about once a minute (Kubernetes API concepts, watch bookmarks); longer silence means a dead connection, ms. */
const silenceMs = 300_000;

/** Time for the head of the answer, ms. */
const headMs = 5000;

interface WatchEvent {
  readonly type?: string;
  readonly object?: unknown;
}

/** The place from which a watch goes on: a list of one object tells it. */
async function resourceVersion(transport: ApiTransport, path: string, signal: AbortSignal): Promise<string> {
  const list = await transport.sendJson({
    method: 'GET',
    path: `${path}?limit=1`,
    deadlineMs: headMs,
    signal,
  });
  const { resourceVersion: version } = (list['metadata'] ?? {}) as { readonly resourceVersion?: string };
  return version ?? '';
}

/**
 * Follows a collection from now on. Resolves when the API ends the stream, also when it no longer knows the place from which
 * to go on (410). Throws ClusterUnreachable, Forbidden or NotFound, and the signal's reason.
 */
export async function watchCollection(
  transport: ApiTransport,
  path: string,
  take: (change: ObjectChange) => void,
  signal: AbortSignal,
): Promise<void> {
  const from = await resourceVersion(transport, path, signal);
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: from,
    timeoutSeconds: String(watchSeconds),
  });
  const full = `${path}?${query.toString()}`;
  const place = `GET ${transport.server}${path}?watch=true`;
  const stop = new AbortController();
  const whole = AbortSignal.any([stop.signal, signal]);
  try {
    const response = await opened(transport, full, { place, signal: whole });
    response.setTimeout(silenceMs, () =>
      response.destroy(new Error('the watch has been silent for too long')),
    );
    for await (const event of jsonLines(response)) {
      const { type, object } = event as WatchEvent;
      if (type === 'ERROR') return;
      if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED')
        take({ type, object: object as ObjectChange['object'] });
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof Error && error.name in typed ? error : transport.unreachable(place, error);
  } finally {
    stop.abort();
  }
}

/** Errors that say already what is wrong. */
const typed: Readonly<Record<string, true>> = {
  ClusterUnreachable: true,
  Forbidden: true,
  NotFound: true,
  Conflict: true,
  Rejected: true,
};

/** The head of the answer, when it is a 200. */
async function opened(
  transport: ApiTransport,
  path: string,
  { place, signal }: { readonly place: string; readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  return withDeadline(headMs, async (late) => {
    const options = await transport.credentials(late);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const send = transport.server.startsWith('http:') ? http.get : https.get;
    const sent = send(new URL(transport.server + path), { ...options, signal });
    late.addEventListener('abort', () => sent.destroy(late.reason as Error), { once: true });
    sent.on('error', reject);
    sent.on('response', resolve);
    const response = await promise;
    if (response.statusCode === 200) return response;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    throw errorOf({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }, place);
  });
}
