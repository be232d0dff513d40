import type { Fields } from '../harden/fields/fields.ts';
import type { KubeObject } from '../ports/cluster.ts';
import { at } from './collect/uses.ts';
import { autoscaledBy, withoutAutoscaling } from './autoscaled.ts';
import { choose, type Choice } from './choose.ts';
import { compareObjects, type Difference } from './compare.ts';
import { secretShape } from './compare-secrets.ts';
import type { Definitions } from './definitions.ts';
import type { FolderObjects } from './folder/read-folder.ts';
import { groupOf } from './resource-kind.ts';
import type { Missing, Snapshot } from './snapshot.ts';
import { stripped } from './strip/strip.ts';

/** A live stack beside the files that shall describe it. */
export interface Comparison {
  /** `left` is the cluster, `right` the folder. */
  readonly differences: readonly Difference[];
  /** How many objects of the cluster were compared. */
  readonly compared: number;
  /** What could not be told, and why. */
  readonly missing: readonly Missing[];
  /** Whether Secrets were compared at all: by their type and the names of their values, never by the values. */
  readonly hasSecrets: boolean;
}

/**
 * Whether nothing is known of the live objects of this kind. What belongs to the whole cluster is looked up where something uses it,
 * so it may be overlooked wherever something is missing.
 */
function isUnseen(object: Fields, missing: readonly Missing[]): boolean {
  if (missing.length > 0 && at(object, 'metadata', 'namespace') === undefined) return true;
  const group = groupOf(object['apiVersion']);
  return missing.some(
    ({ kind, group: unread }) => kind === object['kind'] || (unread !== undefined && unread === group),
  );
}

const identity = (object: Fields) =>
  [
    groupOf(object['apiVersion']),
    object['kind'],
    at(object, 'metadata', 'namespace'),
    at(object, 'metadata', 'name'),
  ].join('\u0000');

/** Live objects that an export leaves out and the folder has all the same, a Job that has ended for example. */
function alsoNamed(all: readonly KubeObject[], chosen: readonly KubeObject[], named: ReadonlySet<string>) {
  const there = new Set(chosen);
  return all.filter((object) => !there.has(object) && named.has(identity(object)));
}

/**
 * The live objects that a folder has to have. A kustomization of somebody's own need not have what only an export of a whole
 * cluster has: classes of the cluster, and Secrets that the operator makes.
 */
function expected(choice: Choice, { record, objects }: FolderObjects): readonly KubeObject[] {
  const hasSecrets = objects.some((object) => secretShape(object) !== undefined);
  const secrets = hasSecrets ? choice.secrets : [];
  if (record !== undefined)
    return [...choice.wanted, ...choice.local, ...secrets.map(({ object }) => object)];
  return [...choice.wanted, ...secrets.flatMap(({ object, isOfOperator }) => (isOfOperator ? [] : [object]))];
}

/** What a live stack and a folder differ in. What could not be read in the cluster is no difference, and is told. Pure. */
export function compareFolder(
  snapshot: Snapshot,
  definitions: Definitions,
  folder: FolderObjects,
): Comparison {
  const choice = choose(snapshot);
  const shapeOf = (object: Fields) => definitions.shapeOf(object as unknown as KubeObject);
  const autoscaled = autoscaledBy([...choice.wanted, ...folder.objects]);
  const comparable = (object: Fields) => withoutAutoscaling(secretShape(object) ?? object, autoscaled);
  const right = folder.objects.map((object) => comparable(object));
  const named = new Set(right.map(identity));
  const all = [...snapshot.objects, ...snapshot.around, ...snapshot.apart, ...definitions.objects];
  const wanted = expected(choice, folder);
  const live = [...wanted, ...alsoNamed(all, wanted, named)];
  const left = live.map((object) => secretShape(object) ?? comparable(stripped(object, shapeOf(object))));
  const incomplete =
    folder.record?.complete === false
      ? folder.record.missing.map(({ what, why }) => ({ what: `${what}, when the folder was written`, why }))
      : [];
  return {
    differences: compareObjects(left, right, shapeOf).filter(
      ({ path, left: one, right: other }) =>
        !(path === '' && one === undefined && isUnseen(other as Fields, snapshot.missing)),
    ),
    compared: left.length,
    missing: [...snapshot.missing, ...incomplete],
    hasSecrets: right.some(({ kind }) => kind === 'Secret'),
  };
}
