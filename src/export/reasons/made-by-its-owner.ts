import { isDeclared } from './declared.ts';
import { defineReason } from './define-reason.ts';

/**
 * What has a controlling owner is made anew by it (kubernetes.io, Owners and Dependents). An owner that only cleans up
 * after itself need not have made it: then it counts unless a person is known to have written it.
 */
export const madeByItsOwner = defineReason({
  name: 'made-by-its-owner',
  comes: 'anew',
  why: (object) => {
    const owners = object.metadata.ownerReferences ?? [];
    const owner = owners.find(({ controller }) => controller === true) ?? owners[0];
    if (owner === undefined || (owner.controller !== true && isDeclared(object))) return undefined;
    return `${owner.kind} ${owner.name} makes it`;
  },
});
