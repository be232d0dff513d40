import type { Looked } from '../../domain/looked.ts';
import type { HttpLook } from '../../harden/inventory.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { Kind } from './kinds.ts';

/** Where an object is written down. */
export interface Place {
  /** As the user named it, from the folder that was read. */
  readonly file: string;
  /** First line of its document, from 1. */
  readonly line: number;
}

/** What an HTTP readiness probe of a running pod got, sent once without following a redirect; or why it could not be sent. */
export interface ProbeAnswer {
  /** `refText` of the workload. */
  readonly workload: string;
  readonly container: string;
  readonly answer: Looked<HttpLook>;
}

/** What an emptyDir volume of a running pod holds, looked up on its node. */
export interface VolumeUse {
  /** `refText` of the pod. */
  readonly pod: string;
  readonly volume: string;
  /** Paths below the volume, as they are. */
  readonly names: readonly string[];
  /** False: there is more than was read. */
  readonly isWhole: boolean;
}

/** Everything that was read, before it is judged. */
export interface Snapshot {
  /** When, ms since the epoch. */
  readonly at: number;
  readonly source: 'cluster' | 'manifests';
  /** Namespaces whose objects were read. */
  readonly namespaces: readonly string[];
  readonly objects: Readonly<Record<Kind, Looked<readonly KubeObject[]>>>;
  /** Objects of kinds that no check knows: custom resources may refer to what others do not. */
  readonly others: readonly KubeObject[];
  /** By `refText`; empty for a cluster. */
  readonly places: ReadonlyMap<string, Place>;
  /** Objects that could not be read as what they say they are, with the reason. */
  readonly unread: readonly { readonly object: string; readonly why: string }[];
  readonly answers: Looked<readonly ProbeAnswer[]>;
  readonly uses: Looked<readonly VolumeUse[]>;
}

/** What a check may ask for: a kind of object, or one of the looks at running pods. */
export type Need = Kind | 'answers' | 'uses';
