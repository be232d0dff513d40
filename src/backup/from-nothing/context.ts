import type { Clock } from '../../ports/clock.ts';
import type { ClusterReader, ClusterWriter } from '../../ports/cluster.ts';
import type { ClusterMaker } from '../../ports/cluster-maker.ts';
import type { PodPrograms } from '../../ports/pod-programs.ts';
import type { ReadBackup } from './read-backup.ts';

/** The way into a cluster that was just made, as its administrator. */
export interface ClusterAccess {
  readonly reader: Pick<ClusterReader, 'get' | 'list' | 'ready'>;
  readonly writer: Pick<ClusterWriter, 'apply' | 'createPod' | 'deletePod'>;
  readonly programs: PodPrograms;
}

/** How far the rebuilt stack was proven. */
export interface Proven {
  readonly state: 'healthy' | 'broken' | 'unknown';
  readonly sentence: string;
}

/** What the steps of a restore from nothing work with. */
export interface RebuildContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly maker: ClusterMaker;
  readonly backup: ReadBackup;
  /** Id of this restore: it is on every container of the cluster. */
  readonly restore: string;
  /** Whether an earlier run of this restore has begun this step and was ended before it was done. */
  readonly wasBegun: (step: string) => boolean;
  readonly access: () => Promise<ClusterAccess>;
  /** The stack's workloads as `Kind/name`, whoever is needed first; from a discovery of what is there now. */
  readonly layers: () => Promise<readonly (readonly string[])[]>;
  /** Brings the rest up and proves it through the front door, as `rekindle up` does. */
  readonly prove: () => Promise<Proven>;
}

/** One step; run again after a kill it goes on or finds that it is done. */
export interface RebuildStep {
  readonly id: string;
  /** What it will do, for the plan. */
  readonly title: string;
  /** Does it; resolves with what was done, in a line. Throws when it could not be done. */
  readonly run: (context: RebuildContext) => Promise<string>;
}
