import type { Looked } from '../../domain/looked.ts';
import type { ContainerMount, EngineMachine } from '../../domain/machine.ts';
import type { NodeContainer } from '../../domain/observation.ts';

/** Where a server node keeps the cluster's objects. */
export interface Datastore {
  /** Name of the node's container. */
  readonly container: string;
  /** `sqlite`: k3s's own single file (kine); `etcd`: one member of an etcd. */
  readonly kind: 'sqlite' | 'etcd';
  readonly path: string;
  readonly bytes: number;
}

/** A folder of a node with its size. */
export interface MeasuredFolder {
  /** Name of the node. */
  readonly node: string;
  readonly path: string;
  readonly bytes: Looked<number>;
}

/** What is below the Kubernetes API. */
export interface ClusterFacts {
  readonly cluster: string;
  readonly machine: Looked<EngineMachine>;
  readonly containers: Looked<readonly NodeContainer[]>;
  readonly mounts: Looked<readonly ContainerMount[]>;
  readonly datastores: Looked<readonly Datastore[]>;
  /** Only of folders that were asked for (`foldersOf`). */
  readonly folders: readonly MeasuredFolder[];
}
