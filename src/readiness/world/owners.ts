import { refText, type ObjectRef } from '../../domain/object-ref.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { refOf } from './thing.ts';

/** Deeper chains than pod, ReplicaSet, Deployment, operator's resource are not followed. */
const deepest = 4;

function controllerOf({
  metadata,
}: KubeObject): { readonly kind: string; readonly name: string } | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Whether something controls this object and would make it again. */
export function isControlled(object: KubeObject): boolean {
  return controllerOf(object) !== undefined;
}

/** Who made what: from a pod up to the topmost object among these that made it. */
export class Owners {
  readonly #objects: ReadonlyMap<string, KubeObject>;

  constructor(objects: readonly KubeObject[]) {
    this.#objects = new Map(objects.map((object) => [refText(refOf(object)), object]));
  }

  /** The topmost object that made this one and is itself among those that are known; the object itself when nothing did. */
  topOf(object: KubeObject): ObjectRef {
    let current = object;
    for (let depth = 0; depth < deepest; depth += 1) {
      const owner = controllerOf(current);
      if (owner === undefined) break;
      const next = this.#objects.get(refText({ ...owner, namespace: refOf(current).namespace ?? '' }));
      if (next === undefined) break;
      current = next;
    }
    return refOf(current);
  }
}
