import type { KubeConfig } from '@kubernetes/client-node';
import type { ClusterWriter, KubeObject } from '../../ports/cluster.ts';
import { imageBeforeAnnotation } from '../../pooler/names.ts';
import { Forbidden, NotFound, Rejected } from './errors.ts';
import { hasRoomAfterDeletion } from './quota.ts';
import { recreatedPod, withoutGeneratedSuffix } from './rehearsal.ts';
import { ApiTransport } from './transport.ts';

/** Time for one write, ms: admission webhooks may take their time, and a write must not be given up lightly. */
const writeDeadlineMs = 10_000;

/** Under this name the API server keeps which fields of an object are this program's. */
const fieldManager = 'rekindle';

/**
 * Writes to the Kubernetes API through a kubeconfig that is bound to one context (`bindContext`). When a call
 * throws ClusterUnreachable the API may or may not have done it.
 */
export function createClusterWriter(
  config: KubeConfig,
  options: { readonly deadlineMs?: number } = {},
): ClusterWriter {
  const transport = new ApiTransport(config);
  const deadlineMs = options.deadlineMs ?? writeDeadlineMs;
  return {
    async deletePod({ namespace, name, uid, version }) {
      const path = `${podsPath(namespace)}/${encodeURIComponent(name)}`;
      // No grace period here: the pod's own counts.
      const preconditions = { uid, ...(version !== undefined && { resourceVersion: version }) };
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
      await transport.send({ method: 'DELETE', path, body, deadlineMs });
    },
    async scale({ kind, namespace, name, replicas, version }) {
      const kinds = kind === 'StatefulSet' ? 'statefulsets' : 'deployments';
      const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${kinds}/${encodeURIComponent(name)}/scale`;
      const body = { metadata: { resourceVersion: version }, spec: { replicas } };
      await transport.send({ method: 'PATCH', path, body, deadlineMs });
    },
    async setConfigMapKey({ namespace, name, key, value, version }) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
      const body = { metadata: { resourceVersion: version }, data: { [key]: value } };
      await transport.send({ method: 'PATCH', path, body, deadlineMs });
    },
    async createPod({ namespace, pod }) {
      const body = { apiVersion: 'v1', kind: 'Pod', ...pod };
      const path = podsPath(namespace);
      return (await transport.sendJson({ method: 'POST', path, body, deadlineMs })) as KubeObject;
    },
    async apply({ path, object, manager = fieldManager, force = false, dryRun = false }) {
      const query = new URLSearchParams({ fieldManager: manager, force: String(force) });
      if (dryRun) query.set('dryRun', 'All');
      const sent = { method: 'APPLY', path: `${path}?${query.toString()}`, body: object, deadlineMs } as const;
      return (await transport.sendJson(sent)) as KubeObject;
    },
    async deleteObject({ path, uid, version }) {
      const preconditions = { uid, ...(version !== undefined && { resourceVersion: version }) };
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
      try {
        await transport.send({ method: 'DELETE', path, body, deadlineMs });
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
      }
    },
    async setPoolerImage({ namespace, name, image = null, before = null, section, version }) {
      const path = `/apis/acid.zalan.do/v1/namespaces/${encodeURIComponent(namespace)}/postgresqls/${encodeURIComponent(name)}`;
      const metadata = { resourceVersion: version, annotations: { [imageBeforeAnnotation]: before } };
      const body = {
        metadata,
        spec: { connectionPooler: section === false ? null : { dockerImage: image } },
      };
      await transport.send({
        method: 'PATCH',
        path: `${path}?fieldManager=${fieldManager}`,
        body,
        deadlineMs,
      });
    },
    async rehearsePodCreation({ namespace, name }) {
      const pods = podsPath(namespace);
      const path = `${pods}/${encodeURIComponent(name)}`;
      const pod = (await transport.sendJson({ method: 'GET', path, deadlineMs })) as KubeObject;
      const body = recreatedPod(pod);
      try {
        await transport.send({ method: 'POST', path: `${pods}?dryRun=All`, body, deadlineMs });
        return undefined;
      } catch (error) {
        if (!(error instanceof Forbidden || error instanceof Rejected)) throw error;
        if (hasRoomAfterDeletion(error.message)) return undefined;
        return withoutGeneratedSuffix(error.reason, name);
      }
    },
  };
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}
