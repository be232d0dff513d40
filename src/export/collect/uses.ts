import { isFields, itemsOf, type Fields } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';

/** The value at a path of field names; undefined where there is none. */
export function at(object: unknown, ...path: readonly string[]): unknown {
  let value: unknown = object;
  for (const name of path) value = isFields(value) ? value[name] : undefined;
  return value;
}

/** The same where a text is expected. */
export function textAt(object: unknown, ...path: readonly string[]): string | undefined {
  const value = at(object, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** The pod's specification of a workload of any kind, and the path to it; undefined: it makes no pods. */
export function podSpecOf(object: Fields): Fields | undefined {
  const path = podSpecPath(object['kind']);
  const spec = path === undefined ? undefined : at(object, ...path);
  return isFields(spec) ? spec : undefined;
}

/** Where objects of a kind have the specification of their pods. */
export function podSpecPath(kind: unknown): readonly string[] | undefined {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'Job':
      return ['spec', 'template', 'spec'];
    case 'CronJob':
      return ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
    case 'Pod':
      return ['spec'];
    default:
      return undefined;
  }
}

const present = (names: readonly (string | undefined)[]): readonly string[] => {
  const found = names.filter((name) => name !== undefined && name !== '') as readonly string[];
  return [...new Set(found)].sort(byText);
};

const byText = (a: string, b: string) => (a < b ? -1 : 1);

/** Storage classes that claims, templates of claims and database clusters of Zalando's operator name. */
export function storageClassesOf(objects: readonly KubeObject[]): readonly string[] {
  const named = objects.flatMap((object) => {
    switch (object.kind ?? '') {
      case 'PersistentVolumeClaim':
        return [textAt(object, 'spec', 'storageClassName')];
      case 'StatefulSet':
        return itemsOf(at(object, 'spec', 'volumeClaimTemplates')).map((claim) =>
          textAt(claim, 'spec', 'storageClassName'),
        );
      case 'postgresql':
        return [textAt(object, 'spec', 'volume', 'storageClass')];
      default:
        return [];
    }
  });
  return present(named);
}

/** Priority classes that pods name; those of Kubernetes itself are in every cluster. */
export function priorityClassesOf(objects: readonly KubeObject[]): readonly string[] {
  const named = objects.flatMap((object) => [
    textAt(podSpecOf(object), 'priorityClassName'),
    object.kind === 'postgresql' ? textAt(object, 'spec', 'podPriorityClassName') : undefined,
  ]);
  return present(named).filter((name) => !name.startsWith('system-'));
}

/** Runtime classes that pods name. */
export function runtimeClassesOf(objects: readonly KubeObject[]): readonly string[] {
  return present(objects.map((object) => textAt(podSpecOf(object), 'runtimeClassName')));
}

/** Ingress classes that Ingresses name. */
export function ingressClassesOf(objects: readonly KubeObject[]): readonly string[] {
  return present(
    objects.map((object) =>
      object.kind === 'Ingress' ? textAt(object, 'spec', 'ingressClassName') : undefined,
    ),
  );
}

/** Whether one of the subjects of a binding is an account of this namespace. */
export function bindsAccountsOf(namespace: string, binding: Fields): boolean {
  return itemsOf(binding['subjects']).some(
    (subject) =>
      (subject['kind'] === 'ServiceAccount' && subject['namespace'] === namespace) ||
      (subject['kind'] === 'Group' && subject['name'] === `system:serviceaccounts:${namespace}`),
  );
}

/** Fields in which objects of the whole cluster name namespaces. */
const naming: ReadonlySet<string> = new Set(['namespace', 'kubernetes.io/metadata.name']);
const listing: ReadonlySet<string> = new Set(['namespaces', 'matchNames', 'values']);

/** Whether an object names a namespace in its own fields: a webhook's service, a selector, a claim. */
export function namesNamespace(namespace: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => namesNamespace(namespace, item));
  if (!isFields(value)) return false;
  return Object.entries(value).some(([key, field]) => {
    if (key === 'status' || key === 'managedFields' || key === 'annotations') return false;
    if (naming.has(key) && field === namespace) return true;
    if (listing.has(key) && Array.isArray(field) && field.includes(namespace)) return true;
    return namesNamespace(namespace, field);
  });
}
