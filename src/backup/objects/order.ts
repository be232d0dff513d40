import type { KubeObject } from '../../ports/cluster.ts';
import { isBuiltIn } from '../../export/resource-kind.ts';

/** Kinds in the order in which they can be made: whatever others refer to, or are judged by, comes first. */
const first: readonly string[] = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
  'IngressClass',
  'RuntimeClass',
  'PersistentVolume',
  'ClusterRole',
  'ClusterRoleBinding',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'LimitRange',
  'ResourceQuota',
  'Role',
  'RoleBinding',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'Service',
];

/** What could refuse the others while nobody answers for it yet, or acts on them, comes last. */
const last: readonly string[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Pod',
  'Job',
  'CronJob',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
];

/** Custom resources, and kinds that nobody thought of, lie between: after what they refer to, before what uses them. */
function rankOf({ kind = '', apiVersion }: KubeObject): number {
  if (!isBuiltIn(apiVersion)) return first.length;
  const early = first.indexOf(kind);
  if (early >= 0) return early;
  const late = last.indexOf(kind);
  return late >= 0 ? first.length + 2 + late : first.length + 1;
}

const keyOf = ({ kind = '', metadata }: KubeObject) =>
  `${kind}\u0000${metadata.namespace ?? ''}\u0000${metadata.name}`;

/** The objects in an order in which `kubectl apply` can make them; the same objects come in the same order. Pure. */
export function inOrder(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.toSorted((a, b) => rankOf(a) - rankOf(b) || (keyOf(a) < keyOf(b) ? -1 : 1));
}
