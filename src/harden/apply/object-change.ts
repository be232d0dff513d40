import type { ObjectRef } from '../../domain/object-ref.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { Fields } from '../fields/fields.ts';
import { mergeFields, shapeOf } from '../fields/merge-fields.ts';
import type { Measure } from '../measure.ts';
import type { MeasurePatch } from '../plan-hardening.ts';

/** The measures of one object, which are applied together. */
export interface ObjectChange {
  readonly object: ObjectRef;
  readonly measures: readonly Measure[];
  /** The object when it was judged; undefined: it was not there. */
  readonly judged: KubeObject | undefined;
}

/** The patches of these measures. */
export function patchesOf(measures: readonly Measure[]): readonly MeasurePatch[] {
  return measures.flatMap(({ id, change }) => (change.by === 'patch' ? [{ id, patch: change.patch }] : []));
}

/** The same as the journal keeps them: which fields, without what they are set to, for a probe may hold a password. */
export function shapesOf(measures: readonly Measure[]): Readonly<Record<string, Fields>> {
  return Object.fromEntries(patchesOf(measures).map(({ id, patch }) => [id, shapeOf(patch)]));
}

/** Names the very object; its uid makes the API refuse another one of the same name. */
export function ofThisObject(fields: Fields, live: KubeObject | undefined): Fields {
  return live === undefined ? fields : mergeFields(fields, { metadata: { uid: live.metadata.uid } });
}
