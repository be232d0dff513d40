import type { NodeContainer } from '../domain/observation.ts';
import type { ArchiveBody } from './cluster-provider.ts';

/** A container of a cluster as it was made: what making it anew needs. */
export interface MadeContainer {
  readonly id: string;
  readonly name: string;
  readonly role: NodeContainer['role'] | 'registry';
  /** The name that was asked for, and the id of what the engine had under it. */
  readonly image: { readonly name: string; readonly id: string };
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** `source:destination[:options]`; a source that begins with a slash is a folder of the machine. */
  readonly binds: readonly string[];
  readonly ports: readonly PublishedPort[];
  readonly memoryBytes: number;
  readonly networks: readonly string[];
}

/** A port of a container that is published on the machine. */
export interface PublishedPort {
  /** `30443/tcp`. */
  readonly inside: string;
  /** Empty: every address. */
  readonly hostIp: string;
  readonly hostPort: string;
}

/** An image that the engine has. */
export interface EngineImage {
  /** SHA-256 of its configuration, or of its manifest: which of both depends on how the engine stores images. */
  readonly id: string;
  /** `name@sha256:...` for each registry that it came from or went to. */
  readonly digests: readonly string[];
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly bytes: number;
}

/** Anything of a cluster's name that the engine has. */
export interface Remains {
  readonly containers: readonly Pick<MadeContainer, 'name' | 'role' | 'labels'>[];
  readonly volumes: readonly string[];
}

/** Makes local clusters and moves images. Every call throws EngineUnreachable where the engine gave no answer. */
export interface ClusterMaker {
  /** Where the container engine is and who says so, for messages. */
  readonly place: string;
  /** The container engine, named as `ClusterProvider.engine` does. */
  readonly engine: string;
  /** Every container of a cluster, and the registries in its network. */
  containers(cluster: string): Promise<readonly MadeContainer[]>;
  /** The values that the load balancer's configuration is made from; undefined: it has none. */
  loadBalancerValues(container: MadeContainer): Promise<string | undefined>;
  /** The registries that a node was told of (`registries.yaml`, which may hold passwords); undefined: none. */
  registriesFile(container: MadeContainer): Promise<string | undefined>;
  /** What there is of a cluster of this name. */
  remains(cluster: string): Promise<Remains>;
  /** An image by name or id; undefined: the engine has none. */
  image(name: string): Promise<EngineImage | undefined>;
  /** Hands an image to `use` as an archive that `docker load` takes, while it comes. */
  saveImage<T>(
    name: string,
    use: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /** Gives the engine the images of an archive. Throws EngineRefused with its words. */
  loadImages(archive: ArchiveBody, signal: AbortSignal): Promise<void>;
  /** Makes a cluster from a configuration of k3d. Throws K3dFailed; a part of it may be there then. */
  create(config: string, environment: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  /** Removes a cluster with all that is in it. Throws K3dFailed. */
  remove(cluster: string, signal: AbortSignal): Promise<void>;
  /** Gives the nodes of a cluster images that the engine has. Throws K3dFailed. */
  importImages(cluster: string, names: readonly string[], signal: AbortSignal): Promise<void>;
}
