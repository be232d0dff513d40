import type { ClusterReader } from '../ports/cluster.ts';

type Annotations = Readonly<Record<string, string>>;

/** A Patroni cluster: its namespace and scope. */
interface PatroniCluster {
  readonly namespace: string;
  readonly cluster: string;
}

/** The annotation without which an object is not Patroni's, or says nothing. */
const marks = { leader: 'leader', config: 'config', sync: 'leader' } as const;

/**
 * What Patroni has written on one of its own objects; undefined where it has none. It keeps them as Endpoints, and the leader's lock
 * in those of the primary's Service; told to use ConfigMaps (`kubernetes_use_configmaps` of the Zalando operator), it keeps all of them
 * there, and the lock in `<cluster>-leader` (patroni/dcs/kubernetes.py, leader_path and use_endpoints).
 */
export async function patroniAnnotations(
  reader: Pick<ClusterReader, 'get'>,
  { namespace, cluster }: PatroniCluster,
  what: keyof typeof marks,
): Promise<Annotations | undefined> {
  const own = `/api/v1/namespaces/${namespace}`;
  const endpoints = await reader.get(
    `${own}/endpoints/${what === 'leader' ? cluster : `${cluster}-${what}`}`,
  );
  if (endpoints?.metadata.annotations?.[marks[what]] !== undefined) return endpoints.metadata.annotations;
  const map = await reader.get(`${own}/configmaps/${cluster}-${what}`);
  return map?.metadata.annotations ?? endpoints?.metadata.annotations;
}
