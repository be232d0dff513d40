import { refText } from '../../domain/object-ref.ts';
import { refOf } from '../../export/choose.ts';
import { whyOf } from '../../export/collect/why.ts';
import { itemsOf } from '../../harden/fields/fields.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import { isOfTheCluster } from './operator-objects.ts';
import { isBuiltIn, isOfK3s } from './operators.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** Whom a binding names that is no account: `User alice`, `Group developers`. */
function peopleOf(binding: KubeObject): readonly string[] {
  return itemsOf(binding['subjects'])
    .filter(({ kind }) => kind === 'User' || kind === 'Group')
    .map(({ kind, name }) => `${String(kind)} ${String(name)}`);
}

/**
 * Bindings that give rights to people and are not among the objects of the backup, each by its name; of namespaces that are not in it none.
 * What Kubernetes or k3s brings is in every cluster.
 */
export async function rightsOfPeople(
  reader: Pick<ClusterReader, 'list'>,
  {
    namespaces,
    objects,
  }: { readonly namespaces: ReadonlySet<string>; readonly objects: readonly KubeObject[] },
): Promise<readonly { readonly what: string; readonly why: string }[]> {
  const taken = new Set(objects.map((object) => refText(refOf(object))));
  const isNear = ({ metadata: { namespace } }: KubeObject) =>
    namespace === undefined || namespaces.has(namespace) || isOfTheCluster(namespace);
  try {
    const [ofAll, ofNamespaces] = await Promise.all([
      reader.list(`${rbac}/clusterrolebindings`),
      reader.list(`${rbac}/rolebindings`),
    ]);
    // Entries of a list need not say their kind.
    const named = [
      ...ofAll.map((binding) => ({ binding, kind: 'ClusterRoleBinding' })),
      ...ofNamespaces.map((binding) => ({ binding, kind: 'RoleBinding' })),
    ];
    return named
      .filter(({ binding }) => isNear(binding) && !isBuiltIn(binding) && !isOfK3s(binding))
      .map(({ binding, kind }) => ({
        what: refText({ ...refOf(binding), kind }),
        people: peopleOf(binding),
      }))
      .filter(({ what, people }) => people.length > 0 && !taken.has(what))
      .map(({ what, people }) => ({
        what,
        why: `it gives rights to people (${people.join(', ')}), whose certificates are of the old cluster: give them by hand`,
      }));
  } catch (error) {
    return [
      {
        what: 'rights of people (bindings to users and groups)',
        why: `which there are is not known: ${whyOf(error)}`,
      },
    ];
  }
}
