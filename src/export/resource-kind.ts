/** A kind of object that the API serves, by what its discovery says. */
export interface ResourceKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Name in REST paths. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Name that tells kinds of different groups apart: `configmaps`, `postgresqls.acid.zalan.do`. */
export function resourceName({ group, plural }: Pick<ResourceKind, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** REST path of the collection; of one namespace where it is named, else of the whole cluster. */
export function collectionPath(kind: ResourceKind, namespace?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${place}/${kind.plural}`;
}

/** Groups that the API server itself serves; all others come with somebody's definition or API server. */
const builtIn: ReadonlySet<string> = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

/** The group of an `apiVersion`; empty for the core group. */
export function groupOf(apiVersion: unknown): string {
  const text = typeof apiVersion === 'string' ? apiVersion : '';
  return text.includes('/') ? (text.split('/', 1)[0] ?? '') : '';
}

/** Whether Kubernetes itself defines the kinds of this `apiVersion`. */
export function isBuiltIn(apiVersion: unknown): boolean {
  return builtIn.has(groupOf(apiVersion));
}
