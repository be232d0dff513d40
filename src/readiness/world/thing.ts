import type { ObjectRef } from '../../domain/object-ref.ts';
import { writerOf } from '../../harden/workload-spec.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { isKind, placeOf } from './kinds.ts';

/** An object with what is read of every kind, and the fields of its own kind. */
export interface Thing<Fields> {
  readonly ref: ObjectRef;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Who writes this object and would write over a change; undefined: people and their tools. */
  readonly writer: string | undefined;
  readonly fields: Fields;
}

export type { KubeObject };

/** The namespace that the API gives to an object which names none. */
export const defaultNamespace = 'default';

/** The name of an object; one that lives in a namespace and names none is in the default one. */
export function refOf({ kind = '', metadata }: KubeObject): ObjectRef {
  const { name, namespace } = metadata;
  const isClusterWide = isKind(kind) && !placeOf(kind).namespaced;
  return isClusterWide ? { kind, name } : { kind, name, namespace: namespace ?? defaultNamespace };
}

/** The object as a thing of these fields. */
export function thingOf<Fields>(object: KubeObject, fields: Fields): Thing<Fields> {
  const { labels = {}, annotations = {} } = object.metadata;
  return { ref: refOf(object), labels, annotations, writer: writerOf(object), fields };
}
