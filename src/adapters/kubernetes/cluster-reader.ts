import type { Duplex } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import { secretValue } from '../../record/secret-value.ts';
import { NotFound } from './errors.ts';
import { ApiTransport, unreachable } from './transport.ts';
import { openTunnel } from './tunnel.ts';
import { watchCollection } from './watch.ts';

/** Time for one read, ms: a healthy API on the same machine answers in a few ms, and observers must not hang. */
const readDeadlineMs = 3000;

/** The kubelet sends no more of a log than this, bytes: five lines may be megabytes. */
const logBytes = 256 * 1024;

/**
 * Reads of the Kubernetes API through a kubeconfig that is bound to one context (`bindContext`).
 * Every call is one request with a deadline (default 3 s).
 */
export function createClusterReader(
  config: KubeConfig,
  options: { readonly deadlineMs?: number } = {},
): ClusterReader {
  const transport = new ApiTransport(config);
  const deadlineMs = options.deadlineMs ?? readDeadlineMs;
  const get = async (path: string): Promise<KubeObject | undefined> => {
    try {
      return (await transport.sendJson({ method: 'GET', path, deadlineMs })) as KubeObject;
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  };
  const list: ClusterReader['list'] = async (path, query = {}) => {
    const search = new URLSearchParams(query).toString();
    const full = search === '' ? path : `${path}?${search}`;
    const answer = await transport.sendJson({ method: 'GET', path: full, deadlineMs });
    return items(answer, `GET ${transport.server}${full}`);
  };
  return {
    async ready(signal) {
      const path = '/readyz';
      const text = await transport.send({
        method: 'GET',
        path,
        deadlineMs,
        ...(signal === undefined ? {} : { signal }),
      });
      if (text.trim() !== 'ok') {
        throw unreachable(`GET ${transport.server}${path}`, `it says ${JSON.stringify(text.slice(0, 80))}`);
      }
    },
    list,
    get,
    async secret({ namespace, name, key }) {
      const object = await get(
        `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`,
      );
      const data = object?.['data'] as Readonly<Record<string, string>> | undefined;
      const encoded = data?.[key];
      if (encoded === undefined) return undefined;
      return secretValue(key, encoded);
    },
    async secrets(namespace) {
      const found = await list(`/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`);
      for (const secret of found) {
        const data = (secret['data'] ?? {}) as Readonly<Record<string, string>>;
        for (const [key, encoded] of Object.entries(data)) secretValue(key, encoded);
      }
      return found;
    },
    tunnel: (target): Promise<Duplex> => openTunnel(transport, target, deadlineMs),
    watch: (path, take, signal) => watchCollection(transport, path, take, signal),
    logs({ namespace, pod, container, previous, tailLines }) {
      const limits = { tailLines: String(tailLines), limitBytes: String(logBytes) };
      const query = new URLSearchParams({ container, ...limits });
      if (previous === true) query.set('previous', 'true');
      const pods = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
      const path = `${pods}/${encodeURIComponent(pod)}/log?${query.toString()}`;
      return transport.send({ method: 'GET', path, deadlineMs });
    },
  };
}

/** Items of a list; the API leaves out kind and version of each, because the list has them. */
function items(list: Readonly<Record<string, unknown>>, place: string): readonly KubeObject[] {
  // A list of Go that was never filled is null.
  const found = list['items'] ?? [];
  const { kind, apiVersion } = list;
  if (!Array.isArray(found) || typeof kind !== 'string' || !kind.endsWith('List')) {
    throw unreachable(place, 'the answer is not a list of Kubernetes objects');
  }
  const shared = { apiVersion, kind: kind.slice(0, -'List'.length) };
  return (found as readonly KubeObject[]).map((item) => Object.assign({}, shared, item));
}
