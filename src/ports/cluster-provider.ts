import type { ArchivedEntry } from '../domain/folder-entry.ts';
import type { ContainerMount, EngineMachine } from '../domain/machine.ts';
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

/** How a whole folder of a node is read: as a tar archive that passes by, so that its size costs no memory. */
export interface ArchiveReading {
  /** Absolute path inside the node's container. */
  readonly path: string;
  /** Reading ends there, bytes of the archive. */
  readonly limitBytes: number;
  /** Takes the archive as it comes; the next chunk waits until it is done. What it throws ends the reading. */
  readonly take?: (chunk: Uint8Array) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** What a folder of a node holds. */
export interface FolderArchive {
  /** The folder itself first, then everything below it, in the order of the archive. */
  readonly entries: readonly ArchivedEntry[];
  /** False: it is larger than the limit, and the entries are those before it. */
  readonly isWhole: boolean;
  /** Size of the archive, bytes; as far as it was read. */
  readonly bytes: number;
}

/** A tar archive on its way into a node. */
export interface ArchiveBody {
  readonly bytes: number;
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Something happened to a container of the cluster. */
export interface ContainerEvent {
  readonly name: string;
  readonly role: NodeContainer['role'];
  /** The engine's own word (`start`, `die`, `stop`, `kill`, `create`, `destroy`). `stop`: somebody asked the engine for it. */
  readonly action: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** One kind of local cluster (k3d; kind later): the layer below the Kubernetes API. */
export interface ClusterProvider {
  readonly kind: 'k3d';
  /** Where the container engine is and who says so, for messages. */
  readonly place: string;
  /** The container engine, by one name for every user of this machine who reaches it by the same socket or port. */
  readonly engine: string;
  /** Names of the clusters whose containers exist in the engine. Throws EngineUnreachable: "could not tell", never "none". */
  clusters(): Promise<readonly string[]>;
  /** Containers of one cluster, running or not. */
  containers(cluster: string): Promise<readonly NodeContainer[]>;
  /** The machine that all of these containers run on. Throws EngineUnreachable. */
  machine(): Promise<EngineMachine>;
  /** What is mounted into the containers of a cluster, running or not. Throws EngineUnreachable. */
  mounts(cluster: string): Promise<readonly ContainerMount[]>;
  /** Starts one container; harmless when it runs. */
  startContainer(id: string): Promise<void>;
  /** Ends everything in one container at once, without a word to it; harmless when it does not run. */
  killContainer(id: string): Promise<void>;
  /** Starts one container anew, whether it runs, waits for its restart, or has ended. */
  restartContainer(id: string): Promise<void>;
  /**
   * Reads one regular file of a running node and gives its size in bytes. Throws when it is not there, is a link or a
   * folder, is too large, or did not arrive whole.
   */
  readFile(containerId: string, reading: FileReading): Promise<number>;
  /** The regular files of one folder of a running node, at most `limitBytes` in all; undefined when there is no such folder. */
  readFolder(containerId: string, path: string, limitBytes: number): Promise<readonly NodeFile[] | undefined>;
  /**
   * Reads a folder of a running node with all that is below it: owners, modes, times (whole seconds), links and the
   * SHA-256 of every file. What a tar archive cannot hold (sockets) and what is mounted inside the container (an emptyDir
   * in memory) is not in it. Undefined when there is no such folder. Throws when the archive did not arrive whole, which is
   * also so when a file in it changed its size meanwhile.
   */
  readArchive(containerId: string, reading: ArchiveReading): Promise<FolderArchive | undefined>;
  /**
   * Unpacks a tar archive into a folder of a running node, with owners, modes and times as they are in it. A file that is
   * there is replaced, a folder is not. Throws when it was not unpacked whole; a part may be there then.
   */
  writeArchive(containerId: string, folder: string, body: ArchiveBody): Promise<void>;
  /** Puts a regular file that everybody may read into a folder of a container, running or not; one that is there is replaced. */
  writeFile(
    containerId: string,
    file: { readonly folder: string; readonly name: string; readonly bytes: Uint8Array },
  ): Promise<void>;
  /** Runs one program on a running node, without a shell. Throws with its words when it fails or its end is not known. */
  runOnNode(containerId: string, argv: readonly string[]): Promise<void>;
  /** Runs one program on a running node that only looks, without a shell; resolves with what it printed. Throws as `runOnNode`. */
  askNode(containerId: string, argv: readonly string[]): Promise<string>;
  /** Sets when the engine starts a container by itself: `no`, `always`, `unless-stopped`, `on-failure`, `on-failure:N`. */
  setRestartPolicy(containerId: string, policy: string): Promise<void>;
  /** The kubeconfig of a cluster as its own tool gives it, with an administrator's key. Throws when the tool fails. */
  kubeconfig(cluster: string): Promise<string>;
  /** Starts a stopped cluster with the provider's own tool, which also repairs the DNS entries it owns. */
  startCluster(cluster: string, signal?: AbortSignal): Promise<void>;
  /** Makes the load balancer read its configuration anew and forget upstreams it shuns, without closing open connections. */
  reloadLoadBalancer(containerId: string): Promise<void>;
  /**
   * Tells what happens to the containers of a cluster from now on, until the signal fires or the engine ends the stream.
   * Throws EngineUnreachable when there is no stream; after one has ended nobody knows what was missed.
   */
  follow(cluster: string, take: (event: ContainerEvent) => void, signal: AbortSignal): Promise<void>;
  /** Host port that the load balancer publishes for a port of the nodes; undefined when it is not published. */
  publishedAddress(cluster: string, nodePort: number): Promise<string | undefined>;
}
