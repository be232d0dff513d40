import { isFields } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';

/** The objects of a backup in the order in which a cluster gets them. */
export interface ObjectGroups {
  /** Namespaces and definitions of custom resources. */
  readonly definitions: readonly KubeObject[];
  /** The operators with what the whole cluster has for them and for the stack. */
  readonly operators: readonly KubeObject[];
  /** Secrets of the stack: the database's operator makes new passwords where they are not there (docs/export.md). */
  readonly secrets: readonly KubeObject[];
  /** The rest of the stack, with no pods of whatever could write. */
  readonly quiet: readonly KubeObject[];
  /** Database clusters of Zalando's operator. */
  readonly databases: readonly KubeObject[];
  /** The workloads of which `quiet` has none of the pods, as they were. */
  readonly workloads: readonly KubeObject[];
  /** What would run at once or act on the others: jobs, agents of nodes, autoscalers, webhooks. */
  readonly last: readonly KubeObject[];
}

/** Kinds whose pods can be kept away by their number. */
const scaled: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
]);

/** Kinds that run at once, or that change or refuse what others make. */
const held: ReadonlySet<string> = new Set([
  'DaemonSet',
  'Pod',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'APIService',
]);

const isFirst = ({ kind }: KubeObject) => kind === 'Namespace' || kind === 'CustomResourceDefinition';

/** Whether it is a database cluster of Zalando's operator. */
export function isDatabase({ kind, apiVersion }: KubeObject): boolean {
  return kind === 'postgresql' && apiVersion?.startsWith('acid.zalan.do/') === true;
}

/** `Kind/name`, as discovery and the stack file name workloads. */
export function workloadName({ kind = '', metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}

function withoutPods(object: KubeObject): KubeObject {
  const spec = isFields(object['spec']) ? object['spec'] : {};
  return { ...object, spec: { ...spec, replicas: 0 } };
}

/**
 * Sorts the objects into groups; each is in exactly one, but for workloads, which are in two. `keepsData`: whether a workload of the stack
 * holds data that is restored into it while it runs, and writes nothing of its own accord (Redis). Pure.
 */
export function groupsOf(
  objects: readonly KubeObject[],
  {
    namespace,
    keepsData,
  }: { readonly namespace: string; readonly keepsData: (object: KubeObject) => boolean },
): ObjectGroups {
  const isOwn = ({ metadata }: KubeObject) => metadata.namespace === namespace;
  // An operator in a namespace of its own runs whole from the beginning: what it needs is not held back.
  const isHeld = ({ kind = '', metadata }: KubeObject) =>
    held.has(kind) && (metadata.namespace === undefined || metadata.namespace === namespace);
  const isScaled = (object: KubeObject) => scaled.has(object.kind ?? '') && !keepsData(object);
  const rest = objects.filter((object) => !isFirst(object) && !isHeld(object));
  const own = rest.filter((object) => isOwn(object));
  const plain = own.filter((object) => object.kind !== 'Secret' && !isDatabase(object));
  return {
    definitions: objects.filter((object) => isFirst(object)),
    operators: rest.filter((object) => !isOwn(object)),
    secrets: own.filter(({ kind }) => kind === 'Secret'),
    quiet: plain.map((object) => (isScaled(object) ? withoutPods(object) : object)),
    databases: own.filter((object) => isDatabase(object)),
    workloads: plain.filter((object) => isScaled(object)),
    last: objects.filter((object) => isHeld(object)),
  };
}
