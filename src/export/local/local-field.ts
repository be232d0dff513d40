import type { Fields } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';

/** Where a value is within an object: names of fields and places in lists. */
export type FieldPath = readonly (string | number)[];

/** A field that means something in a local cluster only. */
export interface LocalField {
  readonly path: FieldPath;
  /** Why it does not belong into a base for every cluster. */
  readonly why: string;
}

/** What the cluster says of the classes that objects name. */
export interface LocalClasses {
  /** Names of storage classes whose volumes are folders of one node. */
  readonly storage: ReadonlySet<string>;
  /** Names of ingress classes of the Traefik that k3s brings. */
  readonly ingress: ReadonlySet<string>;
}

/** Finds fields of one sort; gets the object as it was stripped. */
export type FindLocal = (object: Fields, classes: LocalClasses) => readonly LocalField[];

/** Provisioners whose volumes are folders of the node: of k3s, minikube, kind and Docker Desktop. */
const onNodes =
  /^(rancher\.io\/local-path|k8s\.io\/minikube-hostpath|docker\.io\/hostpath|kubernetes\.io\/no-provisioner)$/;

/** The classes that are of a local cluster; `local-path` is, also where nobody could look at it. */
export function localClasses(around: readonly KubeObject[]): LocalClasses {
  const named = (kind: string, isLocal: (object: KubeObject) => boolean) =>
    around.flatMap((object) => (object.kind === kind && isLocal(object) ? [object.metadata.name] : []));
  return {
    storage: new Set([
      'local-path',
      ...named('StorageClass', (object) => onNodes.test(String(object['provisioner']))),
    ]),
    ingress: new Set(
      named(
        'IngressClass',
        ({ metadata }) => metadata.annotations?.['meta.helm.sh/release-namespace'] === 'kube-system',
      ),
    ),
  };
}
