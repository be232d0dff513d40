import { refText, type ObjectRef } from '../domain/object-ref.ts';
import { isFields, isSame, type Fields } from './fields/fields.ts';
import { appliedBy, onlyBy, ownedByOthers, type OwnedField } from './fields/managed-fields.ts';
import { mergeFields, projectFields, subtractFields } from './fields/merge-fields.ts';
import type { Measure } from './measure.ts';

/** The patch of a measure. */
export interface MeasurePatch {
  readonly id: string;
  readonly patch: Fields;
}

/** Name under which this program sets fields (kubernetes.io, Server-Side Apply, Managers). */
export const fieldManager = 'rekindle-harden';

/** On each object that is changed: the measures that are applied to it, for people. */
export const hardenedAnnotation = 'rekindle.dev/hardened';

/**
 * `proposed`: can be applied. `applied`: is as proposed. `owned`: somebody else has set the fields that would change; only
 * they may. `by-hand`: a person's to do. `nothing`: looked at, nothing to do.
 */
export type MeasureState = 'proposed' | 'applied' | 'owned' | 'by-hand' | 'nothing';

export interface PlannedMeasure {
  readonly measure: Measure;
  readonly state: MeasureState;
  readonly owners: readonly OwnedField[];
}

/** The object as it would be if this program had never changed it. */
export function withoutOurs<T extends Fields>(object: T): T {
  const ours = onlyBy(object, fieldManager);
  return ours === undefined ? object : (subtractFields(object, ours) as T);
}

/** Whether everything that the patch sets is set as it says. */
function holds(object: Fields | undefined, patch: Fields): boolean {
  if (object === undefined) return false;
  return isSame(projectFields(object, patch), projectFields(mergeFields(object, patch), patch));
}

function stateOf({ change }: Measure, live: Fields | undefined): Pick<PlannedMeasure, 'state' | 'owners'> {
  switch (change.by) {
    case 'hand':
      return { state: 'by-hand', owners: [] };
    case 'nothing':
      return { state: 'nothing', owners: [] };
    case 'engine':
      return { state: 'proposed', owners: [] };
    case 'patch': {
      const owners = live === undefined ? [] : ownedByOthers(live, change.patch, fieldManager);
      if (owners.length > 0) return { state: 'owned', owners };
      return { state: holds(live, change.patch) ? 'applied' : 'proposed', owners: [] };
    }
  }
}

/** What can be done about each measure. `lives`: the objects as they are, by `refText`; one that is missing would be made. Pure. */
export function planMeasures(
  measures: readonly Measure[],
  lives: ReadonlyMap<string, Fields>,
): readonly PlannedMeasure[] {
  return measures.map((measure) => ({ measure, ...stateOf(measure, lives.get(refText(measure.object))) }));
}

/** Version and kind of the objects that measures change. */
const apiVersions: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  PodDisruptionBudget: 'policy/v1',
  ConfigMap: 'v1',
};

/** Names one object in a configuration that is applied, and nothing else of it. */
export function identityOf({ kind, namespace, name }: ObjectRef): Fields {
  return { apiVersion: apiVersions[kind], kind, metadata: { name, namespace } };
}

function annotationOf(applied: Fields | undefined): readonly string[] {
  const metadata = isFields(applied?.['metadata']) ? applied['metadata'] : {};
  const annotations = isFields(metadata['annotations']) ? metadata['annotations'] : {};
  const text = annotations[hardenedAnnotation];
  return typeof text === 'string' ? text.split(' ') : [];
}

/** Ids of the measures that are applied to this object, by its own annotation. */
export function appliedMeasures(live: Fields): readonly string[] {
  return annotationOf(appliedBy(live, fieldManager));
}

function configuration(object: ObjectRef, own: Fields, ids: readonly string[]): Fields {
  const named = mergeFields(own, identityOf(object));
  const annotations = { [hardenedAnnotation]: ids.join(' ') };
  return ids.length === 0 ? named : mergeFields(named, { metadata: { annotations } });
}

const annotationFields: Fields = { metadata: { annotations: { [hardenedAnnotation]: '' } } };

/** What this manager has applied, without its annotation. */
function ownFields(live: Fields | undefined): Fields {
  const own = live === undefined ? undefined : appliedBy(live, fieldManager);
  return own === undefined ? {} : subtractFields(own, annotationFields);
}

/** Nulls belong to a patch that removes; what is applied sets. */
function withoutNulls(patch: Fields): Fields {
  return mergeFields({}, patch);
}

/**
 * The whole configuration to apply so that these measures hold and all that was applied before stays: what a manager
 * leaves out of its configuration is removed (kubernetes.io, Server-Side Apply).
 */
export function configurationWith(
  live: Fields | undefined,
  object: ObjectRef,
  measures: readonly MeasurePatch[],
): Fields {
  const own = measures.reduce(
    (fields, { patch }) => mergeFields(fields, withoutNulls(patch)),
    ownFields(live),
  );
  const before = live === undefined ? [] : appliedMeasures(live);
  const ids = [...new Set([...before, ...measures.map(({ id }) => id)])].sort();
  return configuration(object, own, ids);
}

/** The configuration to apply so that these measures are gone; without any: that all are gone. */
export function configurationWithout(
  live: Fields,
  object: ObjectRef,
  measures?: readonly MeasurePatch[],
): Fields {
  if (measures === undefined) return identityOf(object);
  const own = measures.reduce((fields, { patch }) => subtractFields(fields, patch), ownFields(live));
  const gone = new Set(measures.map(({ id }) => id));
  return configuration(
    object,
    own,
    appliedMeasures(live).filter((id) => !gone.has(id)),
  );
}

/**
 * What has to be applied so that the object is as it was before these measures were applied to it. Of those that hold already
 * (they were applied by a run that ended before their proof) nothing stays. `live`: the object then; undefined: it was not there.
 */
export function configurationBefore(
  live: Fields | undefined,
  object: ObjectRef,
  measures: readonly MeasurePatch[],
): Fields {
  const own = live === undefined ? undefined : appliedBy(live, fieldManager);
  if (live === undefined || own === undefined) return identityOf(object);
  const held = measures.filter(({ patch }) => holds(live, patch));
  return held.length > 0 ? configurationWithout(live, object, held) : mergeFields(own, identityOf(object));
}
