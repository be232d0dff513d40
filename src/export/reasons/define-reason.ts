import type { KubeObject } from '../../ports/cluster.ts';

/** What a reason may look at besides the object: the others of the namespace, and who makes objects of its own accord. */
export interface Surroundings {
  readonly objects: readonly KubeObject[];
  /** Names of the database clusters of Zalando's operator; undefined: they could not be read. */
  readonly databases: ReadonlySet<string> | undefined;
  /** The object of a kind and name in the namespace; undefined: there is none. */
  readonly find: (kind: string, name: string) => KubeObject | undefined;
}

/** How an object comes back when it is left out. */
export type Comes =
  /** By itself: whoever made it makes it anew. */
  | 'anew'
  /** Not by itself: whoever wants it in another cluster has to do something. */
  | 'by-hand'
  /** It belongs to something else in this cluster. */
  | 'not-ours';

/** Why an object is left out of an export. */
export interface Reason {
  readonly name: string;
  readonly comes: Comes;
  /** The reason in the words of this object, as the end of a sentence; undefined: this reason does not hold for it. */
  readonly why: (object: KubeObject, around: Surroundings) => string | undefined;
}

/** Identity helper. */
export function defineReason(reason: Reason): Reason {
  return reason;
}

/** A label of an object; undefined: it has none of this name. */
export function labelOf({ metadata }: KubeObject, name: string): string | undefined {
  return metadata.labels?.[name];
}

/** An annotation of an object; undefined: it has none of this name. */
export function annotationOf({ metadata }: KubeObject, name: string): string | undefined {
  return metadata.annotations?.[name];
}
