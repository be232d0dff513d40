import { itemsOf } from '../../harden/fields/fields.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import { textAt } from '../../export/collect/uses.ts';
import { whyOf } from '../../export/collect/why.ts';
import type { Missing } from '../../export/snapshot.ts';

/** An account under which a program keeps custom resources of the stack. */
export interface OperatorAccount {
  readonly namespace: string;
  readonly name: string;
}

export interface Operators {
  readonly accounts: readonly OperatorAccount[];
  readonly missing: readonly Missing[];
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';

const texts = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Verbs of whoever keeps a resource: readers need none of them. */
const changing: ReadonlySet<unknown> = new Set(['update', 'patch', '*']);

/** Whether a role names one of these groups and may change what is in it; a role for everything says nothing about anything. */
function keeps(role: KubeObject, groups: ReadonlySet<string>): boolean {
  return itemsOf(role['rules']).some(
    (rule) =>
      texts(rule['apiGroups']).some((group) => typeof group === 'string' && groups.has(group)) &&
      texts(rule['verbs']).some((verb) => changing.has(verb)),
  );
}

const release = 'meta.helm.sh/release-name';

/** Whether k3s brings it: from the files of its server, or as the charts of its own Traefik (docs.k3s.io, Packaged components). */
export function isOfK3s({ metadata }: KubeObject): boolean {
  const { annotations = {} } = metadata;
  return (
    annotations['objectset.rio.cattle.io/owner-gvk'] !== undefined ||
    (annotations['meta.helm.sh/release-namespace'] === 'kube-system' &&
      /^traefik(-crd)?$/.test(annotations[release] ?? ''))
  );
}

/** Roles that Kubernetes brings hold what others add to them: being bound to one makes nobody an operator. */
export function isBuiltIn({ metadata }: KubeObject): boolean {
  return metadata.labels?.['kubernetes.io/bootstrapping'] !== undefined;
}

/**
 * The accounts that keep custom resources of these groups in the whole cluster: bound to a ClusterRole that names one of the groups and
 * may change it. What the distribution itself brings is not among them. Pure.
 */
export function accountsKeeping(
  groups: ReadonlySet<string>,
  roles: readonly KubeObject[],
  bindings: readonly KubeObject[],
): readonly OperatorAccount[] {
  const named = roles.filter((role) => !isBuiltIn(role) && !isOfK3s(role) && keeps(role, groups));
  const names = new Set(named.map(({ metadata }) => metadata.name));
  const subjects = bindings
    .filter((binding) => names.has(textAt(binding, 'roleRef', 'name') ?? ''))
    .flatMap((binding) => itemsOf(binding['subjects']))
    .filter(({ kind }) => kind === 'ServiceAccount')
    .map(({ namespace, name }) => ({ namespace: String(namespace), name: String(name) }));
  return [...new Map(subjects.map((one) => [`${one.namespace}/${one.name}`, one])).values()];
}

/** Looks for the accounts that keep custom resources of these groups; what could not be read is missing. */
export async function findOperators(
  reader: Pick<ClusterReader, 'list'>,
  groups: ReadonlySet<string>,
): Promise<Operators> {
  if (groups.size === 0) return { accounts: [], missing: [] };
  try {
    const [roles, bindings] = await Promise.all([
      reader.list(`${rbac}/clusterroles`),
      reader.list(`${rbac}/clusterrolebindings`),
    ]);
    return { accounts: accountsKeeping(groups, roles, bindings), missing: [] };
  } catch (error) {
    return { accounts: [], missing: [{ what: 'who keeps the custom resources', why: whyOf(error) }] };
  }
}
