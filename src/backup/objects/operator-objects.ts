import { isFields } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { bindsAccountsOf, podSpecOf, textAt } from '../../export/collect/uses.ts';
import { itemsOf } from '../../harden/fields/fields.ts';
import type { OperatorAccount } from './operators.ts';

/** Namespaces of the cluster itself: each cluster has its own, with much in them that is nobody's. */
const ofTheCluster: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** Whether a namespace is the cluster's own, so that of an operator in it only what is the operator's may be taken. */
export function isOfTheCluster(namespace: string): boolean {
  return ofTheCluster.has(namespace);
}

/** Every text anywhere in a value: names of what a workload refers to are among them. */
function textsIn(value: unknown, into: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof value === 'string') into.add(value);
  else if (Array.isArray(value)) for (const item of value) textsIn(item, into);
  else if (isFields(value)) for (const field of Object.values(value)) textsIn(field, into);
  return into;
}

const instance = 'app.kubernetes.io/instance';

/** With this label the sealed-secrets controller marks its keys, without which no SealedSecret can be opened (its README). */
const keyLabel = 'sealedsecrets.bitnami.com/sealed-secrets-key';

const bindsAccount = (object: KubeObject, { namespace, name }: OperatorAccount): boolean =>
  itemsOf(object['subjects']).some(
    (subject) =>
      subject['kind'] === 'ServiceAccount' && subject['namespace'] === namespace && subject['name'] === name,
  );

/**
 * Of a namespace that is the cluster's own, what belongs to an operator in it: what runs under its account, what that refers to by
 * name, what carries the mark of the same release, and the rights of the account. Pure.
 */
export function ofOperator(
  objects: readonly KubeObject[],
  account: OperatorAccount,
): (object: KubeObject) => boolean {
  const workloads = objects.filter(
    (object) => textAt(podSpecOf(object), 'serviceAccountName') === account.name,
  );
  const named = new Set(workloads.flatMap((workload) => [...textsIn(workload['spec'])]));
  const releases = new Set(workloads.flatMap(({ metadata }) => metadata.labels?.[instance] ?? []));
  const roles = new Set(
    objects.flatMap((object) =>
      bindsAccount(object, account) ? (textAt(object, 'roleRef', 'name') ?? []) : [],
    ),
  );
  const isMarked = ({ metadata: { labels = {} } }: KubeObject): boolean =>
    keyLabel in labels || releases.has(labels[instance] ?? '\u0000');
  return (object) => {
    const { kind, metadata } = object;
    if (workloads.includes(object) || bindsAccount(object, account) || isMarked(object)) return true;
    if (kind === 'Role' || kind === 'ClusterRole') return roles.has(metadata.name);
    if (kind === 'ServiceAccount') return metadata.name === account.name;
    return named.has(metadata.name) && !bindsAccountsOf(account.namespace, object);
  };
}
