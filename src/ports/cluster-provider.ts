import type { NodeContainer } from '../domain/observation.ts';

/** How a file of a node is read: in chunks, so that its size costs no memory. */
export interface FileReading {
  /** Absolute path inside the node's container. */
  readonly path: string;
  /** Larger files are not read at all, bytes. */
  readonly limitBytes: number;
  readonly take: (chunk: Uint8Array) => void;
}

/** A file of a node's folder. */
export interface NodeFile {
  /** Without its folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** ms since the epoch, whole seconds. */
  readonly modifiedAt: number;
}

/** One kind of local cluster (k3d; kind later): the layer below the Kubernetes API. */
export interface ClusterProvider {
  readonly kind: 'k3d';
  /** Where the container engine is and who says so, for messages. */
  readonly place: string;
  /** Names of the clusters whose containers exist in the engine. Throws EngineUnreachable: "could not tell", never "none". */
  clusters(): Promise<readonly string[]>;
  /** Containers of one cluster, running or not. */
  containers(cluster: string): Promise<readonly NodeContainer[]>;
  /** Starts one container; harmless when it runs. */
  startContainer(id: string): Promise<void>;
  /**
   * Reads one regular file of a running node and gives its size in bytes. Throws when it is not there, is a link or a
   * folder, is too large, or did not arrive whole.
   */
  readFile(containerId: string, reading: FileReading): Promise<number>;
  /** The regular files of one folder of a running node, at most `limitBytes` in all; undefined when there is no such folder. */
  readFolder(containerId: string, path: string, limitBytes: number): Promise<readonly NodeFile[] | undefined>;
  /** Puts a regular file that everybody may read into a folder of a container, running or not; one that is there is replaced. */
  writeFile(
    containerId: string,
    file: { readonly folder: string; readonly name: string; readonly bytes: Uint8Array },
  ): Promise<void>;
  /** Runs one program on a running node, without a shell. Throws with its words when it fails or its end is not known. */
  runOnNode(containerId: string, argv: readonly string[]): Promise<void>;
  /** The kubeconfig of a cluster as its own tool gives it, with an administrator's key. Throws when the tool fails. */
  kubeconfig(cluster: string): Promise<string>;
  /** Starts a stopped cluster with the provider's own tool, which also repairs the DNS entries it owns. */
  startCluster(cluster: string, signal?: AbortSignal): Promise<void>;
  /** Makes the load balancer read its configuration anew and forget upstreams it shuns, without closing open connections. */
  reloadLoadBalancer(containerId: string): Promise<void>;
  /** Host port that the load balancer publishes for a port of the nodes; undefined when it is not published. */
  publishedAddress(cluster: string, nodePort: number): Promise<string | undefined>;
}
