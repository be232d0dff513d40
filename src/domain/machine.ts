/** The machine that the container engine runs on, as the engine tells it. */
export interface EngineMachine {
  /** Its host name. */
  readonly name: string;
  readonly system: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Folder in which the engine keeps containers, images and volumes. */
  readonly rootFolder: string;
}

/** A folder of the machine, or memory, that is mounted into a node's container. */
export interface ContainerMount {
  /** Id and name of the container. */
  readonly containerId: string;
  readonly container: string;
  /** `anonymous`: a volume that was made with the container and goes with it. */
  readonly kind: 'bind' | 'volume' | 'anonymous' | 'tmpfs';
  /** Path on the machine; empty for memory. */
  readonly source: string;
  /** Path inside the container. */
  readonly destination: string;
  /** Name of a volume. */
  readonly volume?: string;
  /** Whether k3d made this volume for this cluster, and deletes it with it. */
  readonly isClusters?: boolean;
}
