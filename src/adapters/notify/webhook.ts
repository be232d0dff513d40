import http from 'node:http';
import https from 'node:https';

import type { Notifier } from '../../ports/notifier.ts';
import { withDeadline } from '../deadline.ts';

/** Time for the whole exchange, ms. */
const deadlineMs = 10_000;

/** Sends the notice as one JSON document by POST; any 2xx is good. The URL is a secret and is in no message. */
export function webhookNotifier(url: string): Notifier {
  return {
    way: 'webhook',
    notify: async (notice) => {
      const body = JSON.stringify({ schema: 'rekindle.dev/v1alpha1/notice', ...notice });
      const status = await withDeadline(deadlineMs, (signal) => post(url, body, signal));
      if (status < 200 || status > 299) throw new Error(`the webhook answered ${status}`);
    },
  };
}

async function post(url: string, body: string, signal: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  const send = url.startsWith('https:') ? https.request : http.request;
  const sent = send(url, { method: 'POST', headers, signal });
  sent.on('error', (error) => reject(signal.aborted ? (signal.reason as Error) : error));
  sent.on('response', (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  sent.end(body);
  return promise;
}
