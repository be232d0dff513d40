import type { BootOptions, BootRecord } from './api.ts';
import type { PcInit } from './source/machine.ts';
import type { CutMode, MachineCut } from './source/power-cut.ts';

/** How the nodes of the cluster come about. */
export interface ClusterImages {
  readonly node: string;
  /** Environment for k3d: images of the load balancer and the tools container; empty for k3d's own. */
  readonly k3dEnv: Readonly<Record<string, string>>;
  /** Folder of image archives for the nodes, or undefined when images are pulled or imported. */
  readonly airgap: string | undefined;
  /** Folder of the operator's manifests (Kustomize), seen from the root of the checkout. */
  readonly operator: string;
  /** Changes when the images change: the cluster has to be made anew then. */
  readonly key: string;
}

/** One way to have a container engine whose power can be cut; the cluster in it is the same for all. */
export interface LabBackend {
  readonly name: 'source' | 'docker';
  /** Environment that leads docker, k3d and kubectl to this engine. */
  env(): Record<string, string>;
  command(argv: readonly string[]): string[];
  /** Wrapped to run on the PC itself. Throws when there is none that is the lab's alone, or when it is off. */
  inside(argv: readonly string[]): Promise<readonly string[]>;
  /** Builds what is missing and starts nothing. */
  build(): Promise<void>;
  /** Builds what is missing, boots when the power is off, and gives the engine its images. */
  prepare(nonce: string): Promise<ClusterImages>;
  /** Throws when something that has the name of the lab's cluster is not the lab's: it must not be removed then. */
  assertOwnCluster(): Promise<void>;
  /** Gives a cluster that was just made the images that it is not started with. */
  fillCluster(): Promise<void>;
  isBuilt(): Promise<boolean>;
  isBooted(): Promise<boolean>;
  /** Makes what the engine has written so far durable, as on a machine that has been running for a while. */
  flush(): Promise<void>;
  cut(mode: CutMode): Promise<MachineCut>;
  boot(options: BootOptions): Promise<BootRecord>;
  /** Has the PC run by this from now on: switches it off and on when that is another. Throws where there is no PC of the lab's own. */
  runWith(init: PcInit): Promise<void>;
  /** Removes the engine and all that is in it. Returns what it removed. */
  remove(): Promise<readonly string[]>;
}
