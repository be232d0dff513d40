/** A Kubernetes object as it stands in a file. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** A path into a manifest: names of fields and places in lists. */
export type FieldPath = readonly (string | number)[];

/** Anything that has fields; what is no object has none. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; none for anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The members of a list as objects; none for anything else. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

/** A text at a path; undefined where there is none. */
export function textAt(value: unknown, path: FieldPath): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : undefined;
}

/** Kinds that have no namespace, of Kubernetes and of what these stacks commonly bring (kubectl api-resources --namespaced=false). */
const withoutNamespace = new Set([
  'APIService',
  'CSIDriver',
  'ClusterIssuer',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterSecretStore',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'IngressClassParams',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'NodePool',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingWebhookConfiguration',
  'VolumeSnapshotClass',
]);

/** Whether objects of this kind live in a namespace; kinds that are not known are taken to. */
export function hasNamespace(kind: string): boolean {
  return !withoutNamespace.has(kind);
}

/** Group of an apiVersion; empty for the core group. */
export function groupOf({ apiVersion }: Pick<Manifest, 'apiVersion'>): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** `Deployment jewelry-shop/django`. */
export function nameOf({ kind, metadata: { name, namespace } }: Manifest): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Where the spec of a workload's pods stands; undefined for what makes no pods. */
export function podSpecPath({ kind, apiVersion }: Manifest): FieldPath | undefined {
  if (apiVersion === 'v1' && kind === 'Pod') return ['spec'];
  if (apiVersion === 'batch/v1' && kind === 'CronJob')
    return ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
  const isWorkload =
    (apiVersion === 'apps/v1' && ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].includes(kind)) ||
    (apiVersion === 'batch/v1' && kind === 'Job');
  return isWorkload ? ['spec', 'template', 'spec'] : undefined;
}

/** A container of a workload and where it stands. */
export interface PlacedContainer {
  readonly name: string;
  readonly path: FieldPath;
  readonly container: Fields;
  readonly isInit: boolean;
}

/** Every container of a workload's pods, init containers first as they run. */
export function containersOf(manifest: Manifest): readonly PlacedContainer[] {
  const path = podSpecPath(manifest);
  if (path === undefined) return [];
  return ['initContainers', 'containers'].flatMap((list) =>
    listOf(valueAt(manifest, [...path, list])).map((container, index) => ({
      name: typeof container['name'] === 'string' ? container['name'] : `${index}`,
      path: [...path, list, index],
      container,
      isInit: list === 'initContainers',
    })),
  );
}

/** How many pods a workload asks for; one where it does not say. A DaemonSet has one a node. */
export function replicasOf(manifest: Manifest): number {
  const replicas = valueAt(manifest, ['spec', 'replicas']);
  return typeof replicas === 'number' ? replicas : 1;
}

/** The autoscaler that decides how many pods a workload has. */
function scalerOf(workload: Manifest, all: readonly Manifest[]): Manifest | undefined {
  return all.find(
    (one) =>
      one.kind === 'HorizontalPodAutoscaler' &&
      one.metadata.namespace === workload.metadata.namespace &&
      textAt(one, ['spec', 'scaleTargetRef', 'kind']) === workload.kind &&
      textAt(one, ['spec', 'scaleTargetRef', 'name']) === workload.metadata.name,
  );
}

/** How many pods a workload has at least: an autoscaler says it where there is one (its own default is one). */
export function podsOf(workload: Manifest, all: readonly Manifest[]): number {
  const scaler = scalerOf(workload, all);
  if (scaler === undefined) return replicasOf(workload);
  const least = valueAt(scaler, ['spec', 'minReplicas']);
  return typeof least === 'number' ? least : 1;
}

/** How many pods a workload may have at the same time; a DaemonSet one a node, so more than any number. */
export function mostPodsOf(workload: Manifest, all: readonly Manifest[]): number {
  if (workload.kind === 'DaemonSet') return Number.POSITIVE_INFINITY;
  const scaler = scalerOf(workload, all);
  const most = scaler === undefined ? undefined : valueAt(scaler, ['spec', 'maxReplicas']);
  return typeof most === 'number' ? most : replicasOf(workload);
}

/** Labels of a workload's pods. */
export function podLabels(manifest: Manifest): Readonly<Record<string, string>> {
  const path = podSpecPath(manifest);
  if (path === undefined) return {};
  return fieldsOf(valueAt(manifest, [...path.slice(0, -1), 'metadata', 'labels'])) as Record<string, string>;
}

/** Whether the labels have every pair of the selector; an empty selector selects nothing here, as for a Service. */
export function selects(selector: Fields, labels: Fields): boolean {
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
}
