import http from 'node:http';
import https from 'node:https';
import { readFileSync } from 'node:fs';
import type { KubeConfig } from '@kubernetes/client-node';
import { certificateTrouble } from '../certificate-trouble.ts';
import { orAborted, withDeadline } from '../deadline.ts';
import { causeText, errorCode } from '../../record/explained-error.ts';
import { ClusterUnreachable, errorOf, type Answer } from './errors.ts';

/** One request to the Kubernetes API. */
export interface ApiRequest {
  /** A PATCH is a JSON merge patch (RFC 7386); APPLY is a PATCH that the API server merges by field owner. */
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PATCH' | 'APPLY';
  /** REST path that begins with a slash, with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** Options of client-node for one connection: certificates, headers, agent. */
type Credentials = Omit<https.RequestOptions, 'headers'> & { headers?: Record<string, string> };

/**
 * HTTP/1.1 to one API server, with the credentials of a bound kubeconfig (files, exec plug-ins, tokens). It uses
 * node:http(s) and agents of its own: they keep connections alive, and never look at HTTP_PROXY or HTTPS_PROXY,
 * which have no business between this machine and a cluster on it. Only a `proxy-url` that the kubeconfig itself
 * names for the cluster is used.
 */
export class ApiTransport {
  readonly config: KubeConfig;
  /** Address of the API as the kubeconfig has it, without a slash at its end. */
  readonly server: string;
  #agents = newAgents();

  constructor(config: KubeConfig) {
    this.config = config;
    this.server = config.getCurrentCluster()?.server ?? '';
  }

  /** The text of a 2xx answer. Throws ClusterUnreachable, Forbidden, NotFound, Conflict or Rejected. */
  async send(request: ApiRequest): Promise<string> {
    const place = `${request.method} ${this.server}${request.path}`;
    const answer = await this.#answer(request, place);
    if (answer.status >= 200 && answer.status < 300) return answer.text;
    throw errorOf(answer, place);
  }

  /** The JSON object of a 2xx answer; anything else than an object is a stranger on the port: ClusterUnreachable. */
  async sendJson(request: ApiRequest): Promise<Readonly<Record<string, unknown>>> {
    const text = await this.send(request);
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
      throw new TypeError('the answer is not a JSON object');
    } catch (error) {
      throw unreachable(`${request.method} ${this.server}${request.path}`, error);
    }
  }

  /** Certificates and headers for a connection of the caller's own, with an agent that keeps nothing and uses no proxy. */
  async credentials(signal: AbortSignal): Promise<Credentials> {
    const options: Credentials = {};
    await orAborted(this.config.applyToHTTPSOptions(options), signal);
    // The agent that client-node caches holds the first certificate for ever: an exec plug-in may have renewed it.
    const hasOwnProxy = this.config.getCurrentCluster()?.proxyUrl !== undefined;
    if (!hasOwnProxy) options.agent = this.server.startsWith('http:') ? new http.Agent() : new https.Agent();
    return options;
  }

  async #answer(request: ApiRequest, place: string): Promise<Answer> {
    try {
      return await withDeadline(
        request.deadlineMs,
        async (signal) => {
          const options = await this.credentials(signal);
          const hasOwnProxy = this.config.getCurrentCluster()?.proxyUrl !== undefined;
          return await this.#attempt(request, { ...options, signal }, hasOwnProxy);
        },
        request.signal,
      );
    } catch (error) {
      this.#forgetConnections();
      if (request.signal?.aborted === true) throw request.signal.reason;
      throw this.unreachable(place, error);
    }
  }

  /** ClusterUnreachable for anything that went wrong below HTTP; a clock that disagrees with the certificate is named. */
  unreachable(place: string, error: unknown): ClusterUnreachable {
    return unreachable(
      place,
      error,
      certificateTrouble(error, () => this.#authorities(), Date.now()),
    );
  }

  /** PEM texts of the certificates that the kubeconfig trusts for this cluster. */
  #authorities(): readonly string[] {
    const { caData, caFile } = this.config.getCurrentCluster() ?? {};
    if (caData) return [Buffer.from(caData, 'base64').toString('utf8')];
    // It was read for the connection that failed a moment ago.
    return caFile ? [readFileSync(caFile, 'utf8')] : [];
  }

  async #attempt(request: ApiRequest, options: Credentials, hasOwnProxy: boolean): Promise<Answer> {
    const agents = this.#agents;
    const agent = this.server.startsWith('http:') ? agents.http : agents.https;
    const full = hasOwnProxy ? options : { ...options, agent };
    try {
      return await exchange(this.server, request, full);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      // The server closed a connection that we had kept, before it answered: a server that came back does so.
      // Every request of this program may be sent twice (reads, a deletion bound to a uid, a change bound to a version, a
      // dry run, an apply, a pod with a name of its own).
      this.#forgetConnections();
      const fresh = this.server.startsWith('http:') ? this.#agents.http : this.#agents.https;
      return await exchange(this.server, request, hasOwnProxy ? options : { ...options, agent: fresh });
    }
  }

  /** After trouble every idle connection is suspect; those in use end by themselves and are not kept. */
  #forgetConnections(): void {
    const old = this.#agents;
    this.#agents = newAgents();
    for (const agent of [old.http, old.https]) {
      agent.maxFreeSockets = 0;
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of sockets ?? []) socket.destroy();
      }
    }
  }
}

class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

function newAgents(): { readonly http: http.Agent; readonly https: https.Agent } {
  return { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
}

/** Every JSON document is a YAML document, which is what the API wants for an apply (kubernetes.io, Server-Side Apply). */
const contentTypes: Partial<Readonly<Record<ApiRequest['method'], string>>> = {
  PATCH: 'application/merge-patch+json',
  APPLY: 'application/apply-patch+yaml',
};

/**
 * Signs that JSON takes as they are. YAML refuses some of them (yaml.org, YAML 1.2.2, 5.1 Character Set) and, as the API server reads it,
 * takes others for the end of a line, of which a space is left (YAML 1.1, 5.4 Line Break Characters).
 */
const notInYaml = /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;

function textOf({ method, body }: ApiRequest): string {
  const json = JSON.stringify(body);
  if (method !== 'APPLY') return json;
  return json.replaceAll(notInYaml, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function exchange(server: string, request: ApiRequest, options: Credentials): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const body = request.body === undefined ? undefined : textOf(request);
  const headers: Record<string, string | number> = { ...options.headers, Accept: 'application/json, */*' };
  if (body !== undefined) {
    headers['Content-Type'] = contentTypes[request.method] ?? 'application/json';
    headers['Content-Length'] = Buffer.byteLength(body);
  }
  const send = server.startsWith('http:') ? http.request : https.request;
  const method = request.method === 'APPLY' ? 'PATCH' : request.method;
  const sent = send(new URL(server + request.path), { ...options, headers, method });
  let answered = false;
  const fail = (error: Error): void => {
    const stale = sent.reusedSocket && !answered && isReset(error);
    reject(stale ? new StaleConnection(error.message, { cause: error }) : abortReason(options.signal, error));
  };
  sent.on('error', fail);
  sent.on('response', (response) => {
    answered = true;
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', fail);
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
    });
  });
  sent.end(body);
  return promise;
}

/** JSON is YAML, so an apply takes it (kubernetes.io, Server-Side Apply). */
function isReset(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(errorCode(error) ?? '');
}

/** Node reports an abort as "The operation was aborted"; the signal knows why. */
function abortReason(signal: AbortSignal | undefined, error: Error): unknown {
  return signal?.aborted === true ? signal.reason : error;
}

/** ClusterUnreachable for anything that went wrong below HTTP, with the trouble of a certificate's time where it is known. */
export function unreachable(
  place: string,
  error: unknown,
  trouble?: { readonly cause: string; readonly next: string },
): ClusterUnreachable {
  return new ClusterUnreachable(
    {
      what: 'The Kubernetes API could not be reached',
      cause: trouble?.cause ?? causeText(error),
      place,
      next:
        trouble?.next ??
        'Check that the cluster runs and that the context names it; `rekindle up` starts one that is stopped.',
    },
    { cause: error },
  );
}
