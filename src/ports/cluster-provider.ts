import type { NodeContainer } from '../domain/observation.ts';

/** One kind of local cluster (k3d; kind later): the layer below the Kubernetes API. */
export interface ClusterProvider {
  readonly kind: 'k3d';
  /** Names of the clusters whose containers exist in the engine. Throws EngineUnreachable: "could not tell", never "none". */
  clusters(): Promise<readonly string[]>;
  /** Containers of one cluster, running or not. */
  containers(cluster: string): Promise<readonly NodeContainer[]>;
  /** Starts one container; harmless when it runs. */
  startContainer(id: string): Promise<void>;
  /** Starts a stopped cluster with the provider's own tool, which also repairs the DNS entries it owns. */
  startCluster(cluster: string, signal?: AbortSignal): Promise<void>;
  /** Makes the load balancer read its configuration anew and forget upstreams it shuns, without closing open connections. */
  reloadLoadBalancer(containerId: string): Promise<void>;
  /** Host port that the load balancer publishes for a port of the nodes; undefined when it is not published. */
  publishedAddress(cluster: string, nodePort: number): Promise<string | undefined>;
}
