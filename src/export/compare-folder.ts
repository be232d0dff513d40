import type { Fields } from '../harden/fields/fields.ts';
import type { KubeObject } from '../ports/cluster.ts';
import { autoscaledBy, withoutAutoscaling } from './autoscaled.ts';
import { choose } from './choose.ts';
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

/** Whether nothing is known of the live objects of this kind. */
function isUnseen(object: Fields, missing: readonly Missing[]): boolean {
  const group = groupOf(object['apiVersion']);
  return missing.some(({ kind, group: unread }) => kind === object['kind'] || (unread !== undefined && unread === group));
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
  const right = folder.objects
    .map((object) => comparable(object))
    .filter((object) => !isUnseen(object, snapshot.missing));
  const hasSecrets = right.some(({ kind }) => kind === 'Secret');
  const live = [...choice.wanted, ...choice.local].map((object) => object as Fields);
  const secrets = hasSecrets ? choice.secrets.map(({ object }) => object as Fields) : [];
  const left = [...live.map((object) => comparable(stripped(object, shapeOf(object)))), ...secrets.map((object) => comparable(object))];
  const incomplete =
    folder.record?.complete === false
      ? folder.record.missing.map(({ what, why }) => ({ what: `${what}, when the folder was written`, why }))
      : [];
  return {
    differences: compareObjects(left, right, shapeOf),
    compared: left.length,
    missing: [...snapshot.missing, ...incomplete],
    hasSecrets,
  };
}
