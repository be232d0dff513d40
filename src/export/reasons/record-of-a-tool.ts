import type { KubeObject } from '../../ports/cluster.ts';
import { textAt } from '../collect/uses.ts';
import { annotationOf, defineReason, labelOf, type Surroundings } from './define-reason.ts';

/** The object that a Secret without an owner is made from all the same: sealed, or fetched from a store. */
function makerOf({ metadata: { name } }: KubeObject, { objects, find }: Surroundings): string | undefined {
  if (find('SealedSecret', name) !== undefined) return `SealedSecret ${name}`;
  const external = objects.find(
    (object) =>
      object.kind === 'ExternalSecret' &&
      (textAt(object, 'spec', 'target', 'name') ?? object.metadata.name) === name,
  );
  return external === undefined ? undefined : `ExternalSecret ${external.metadata.name}`;
}

/** Secrets and ConfigMaps in which tools keep their own books, and Secrets that tools fill. */
export const recordOfATool = defineReason({
  name: 'record-of-a-tool',
  comes: 'anew',
  why: (object, around) => {
    if (object.kind !== 'Secret' && object.kind !== 'ConfigMap') return undefined;
    if (object['type'] === 'helm.sh/release.v1' || labelOf(object, 'owner') === 'helm')
      return 'Helm keeps its record of a release in it';
    const certificate = annotationOf(object, 'cert-manager.io/certificate-name');
    if (certificate !== undefined && around.find('Certificate', certificate) !== undefined)
      return `cert-manager fills it for Certificate ${certificate}`;
    const maker = object.kind === 'Secret' ? makerOf(object, around) : undefined;
    return maker === undefined ? undefined : `${maker} makes it`;
  },
});
