import { isSame, itemsOf } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { at, textAt } from '../collect/uses.ts';
import { defineReason, type Surroundings } from './define-reason.ts';

/** The StatefulSet and the template that a claim is of: `<template>-<StatefulSet>-<ordinal>` (kubernetes.io, StatefulSet). */
function templateOf(claim: KubeObject, { objects }: Surroundings) {
  const sets = objects.filter(({ kind }) => kind === 'StatefulSet');
  const pairs = sets.flatMap((set) =>
    itemsOf(at(set, 'spec', 'volumeClaimTemplates')).map((template) => ({ set, template })),
  );
  return pairs.find(({ set, template }) => {
    const prefix = `${textAt(template, 'metadata', 'name') ?? ''}-${set.metadata.name}-`;
    const { name } = claim.metadata;
    return name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length));
  });
}

const request = (claim: unknown) => at(claim, 'spec', 'resources', 'requests', 'storage');

/**
 * Claims that a StatefulSet makes anew from its template. One that was enlarged since is not the same: the template cannot
 * be changed, and a new claim would be too small for what shall be restored into it.
 */
export const claimOfAStatefulSet = defineReason({
  name: 'claim-of-a-stateful-set',
  comes: 'anew',
  why: (object, around) => {
    if (object.kind !== 'PersistentVolumeClaim') return undefined;
    const found = templateOf(object, around);
    if (found === undefined || !isSame(request(object), request(found.template))) return undefined;
    return `StatefulSet ${found.set.metadata.name} makes it; what is in it comes from a backup`;
  },
});
