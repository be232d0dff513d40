import type { ClusterProvider } from '../ports/cluster-provider.ts';

/** Port of the API inside a k3d cluster. */
const apiPort = 6443;

/** Hosts of a kubeconfig that mean this machine. */
const localHosts = new Set(['127.0.0.1', 'localhost', '0.0.0.0', '[::1]', 'host.docker.internal']);

export interface AccessParts {
  readonly cluster: string;
  /** The context that was chosen; undefined: the kubeconfig has none that leads to this cluster. */
  readonly context: string | undefined;
  readonly contexts: readonly { readonly name: string; readonly server: string | undefined }[];
  readonly provider: Pick<ClusterProvider, 'kubeconfig' | 'publishedAddress'>;
  /** Whether the API answers with a certificate that this context does not trust. */
  readonly answersForeign: (context: string) => Promise<boolean>;
}

/** A kubeconfig from the cluster itself, because the user's own has no way to it. */
export interface RebuiltAccess {
  /** The kubeconfig as text; it holds an administrator's key. */
  readonly kubeconfig: string;
  readonly why: string;
}

/** Why the chosen context cannot lead to the cluster; undefined when it can. */
async function staleness(parts: AccessParts): Promise<string | undefined> {
  const { cluster, context, contexts, provider, answersForeign } = parts;
  if (context === undefined) return `no context of the kubeconfig leads to cluster ${cluster}`;
  const server = contexts.find(({ name }) => name === context)?.server;
  if (server === undefined || !URL.canParse(server)) return undefined;
  const { hostname, port } = new URL(server);
  if (!localHosts.has(hostname)) return undefined;
  const published = await provider.publishedAddress(cluster, apiPort);
  const own = published?.slice(published.lastIndexOf(':') + 1);
  if (own === undefined) return undefined;
  if (own !== (port || '443'))
    return `context ${context} leads to port ${port || '443'}, and the API of cluster ${cluster} is published at port ${own}`;
  return (await answersForeign(context))
    ? `context ${context} is of an earlier cluster ${cluster}: it does not trust the certificate of this one`
    : undefined;
}

/**
 * A way to the cluster when the user's kubeconfig has none: a cluster that was made anew has other keys, and a file
 * that was never merged has no context (`k3d kubeconfig get` reads it from the server node). Undefined: the user's own
 * does. Throws K3dFailed, EngineUnreachable.
 */
export async function rebuiltAccess(parts: AccessParts): Promise<RebuiltAccess | undefined> {
  const why = await staleness(parts);
  return why === undefined ? undefined : { kubeconfig: await parts.provider.kubeconfig(parts.cluster), why };
}
