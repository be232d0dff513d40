import { itemsOf } from '../../harden/fields/fields.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import { collectionPath, resourceName, type ResourceKind } from '../resource-kind.ts';
import type { Missing } from '../snapshot.ts';
import { inTurns } from './in-turns.ts';
import { isLookedUp } from './never-read.ts';
import {
  at,
  bindsAccountsOf,
  ingressClassesOf,
  namesNamespace,
  priorityClassesOf,
  runtimeClassesOf,
  storageClassesOf,
  textAt,
} from './uses.ts';
import { whyOf } from './why.ts';

type Reader = Pick<ClusterReader, 'get' | 'list'>;

/** What of the whole cluster belongs to a namespace. */
export interface Around {
  readonly around: readonly KubeObject[];
  readonly apart: readonly KubeObject[];
  readonly elsewhere: readonly KubeObject[];
  readonly missing: readonly Missing[];
}

interface Part {
  readonly found: readonly KubeObject[];
  readonly missing: readonly Missing[];
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** Reads objects or says why not; one that is not there is no part of anything. */
async function part(
  { what, kind }: Pick<Missing, 'what' | 'kind'>,
  read: () => Promise<readonly (KubeObject | undefined)[]>,
): Promise<Part> {
  try {
    return { found: (await read()).filter((object) => object !== undefined), missing: [] };
  } catch (error) {
    return { found: [], missing: [{ what, why: whyOf(error), ...(kind !== undefined && { kind }) }] };
  }
}

function byName(reader: Reader, kind: string, collection: string, names: readonly string[]) {
  return inTurns(names, (name) =>
    part({ what: `${kind} ${name}`, kind }, async () => {
      const found = await reader.get(`${collection}/${encodeURIComponent(name)}`);
      return [found];
    }),
  );
}

/** Classes that the objects name. */
async function classes(reader: Reader, objects: readonly KubeObject[]): Promise<readonly Part[]> {
  const found = await Promise.all([
    byName(reader, 'StorageClass', '/apis/storage.k8s.io/v1/storageclasses', storageClassesOf(objects)),
    byName(reader, 'PriorityClass', '/apis/scheduling.k8s.io/v1/priorityclasses', priorityClassesOf(objects)),
    byName(reader, 'RuntimeClass', '/apis/node.k8s.io/v1/runtimeclasses', runtimeClassesOf(objects)),
    byName(reader, 'IngressClass', '/apis/networking.k8s.io/v1/ingressclasses', ingressClassesOf(objects)),
  ]);
  return found.flat();
}

/** Volumes that the claims are bound to. */
async function volumes(reader: Reader, objects: readonly KubeObject[]): Promise<readonly Part[]> {
  const names = objects.flatMap((object) =>
    object.kind === 'PersistentVolumeClaim' ? (textAt(object, 'spec', 'volumeName') ?? []) : [],
  );
  return byName(reader, 'PersistentVolume', '/api/v1/persistentvolumes', names);
}

/** Names of the ClusterRoles that bindings refer to. */
function rolesOf(bindings: readonly KubeObject[]): readonly string[] {
  const named = bindings.flatMap((binding) =>
    at(binding, 'roleRef', 'kind') === 'ClusterRole' ? (textAt(binding, 'roleRef', 'name') ?? []) : [],
  );
  return [...new Set(named)].sort();
}

interface Rights {
  readonly parts: readonly Part[];
  readonly elsewhere: Part;
}

/** Bindings to accounts of the namespace, wherever they are, and the ClusterRoles that they and its own bindings name. */
async function rights(reader: Reader, namespace: string, objects: readonly KubeObject[]): Promise<Rights> {
  const [bindings, others] = await Promise.all([
    part({ what: 'ClusterRoleBindings', kind: 'ClusterRoleBinding' }, async () =>
      (await reader.list(`${rbac}/clusterrolebindings`)).filter((binding) =>
        bindsAccountsOf(namespace, binding),
      ),
    ),
    part({ what: 'RoleBindings of other namespaces' }, async () =>
      (await reader.list(`${rbac}/rolebindings`)).filter(
        (binding) => binding.metadata.namespace !== namespace && bindsAccountsOf(namespace, binding),
      ),
    ),
  ]);
  const own = objects.filter(({ kind }) => kind === 'RoleBinding');
  const roles = await byName(
    reader,
    'ClusterRole',
    `${rbac}/clusterroles`,
    rolesOf([...own, ...bindings.found]),
  );
  return { parts: [bindings, ...roles], elsewhere: others };
}

/** Objects of every other kind of the whole cluster: those that name the namespace, and those that do not. */
async function otherKinds(reader: Reader, kinds: readonly ResourceKind[]): Promise<readonly Part[]> {
  const asked = kinds.filter((kind) => !kind.namespaced && !isLookedUp(kind));
  return inTurns(asked, (kind) =>
    part({ what: `${kind.kind} (${resourceName(kind)})`, kind: kind.kind }, () =>
      reader.list(collectionPath(kind)),
    ),
  );
}

/** Whether Kubernetes itself or the distribution brings it: API services of the API server's own groups. */
function isBuiltIn(object: KubeObject): boolean {
  return object.kind === 'APIService' && at(object, 'spec', 'service') === undefined;
}

/** Looks for what the namespace uses or is named by in the rest of the cluster; what cannot be read is missing. */
export async function readAround(
  reader: Reader,
  namespace: string,
  { kinds, objects }: { readonly kinds: readonly ResourceKind[]; readonly objects: readonly KubeObject[] },
): Promise<Around> {
  const [used, bound, granted, rest] = await Promise.all([
    classes(reader, objects),
    volumes(reader, objects),
    rights(reader, namespace, objects),
    otherKinds(reader, kinds),
  ]);
  const parts = [...used, ...bound, ...granted.parts];
  const whole = rest.flatMap(({ found }) => found).filter((object) => !isBuiltIn(object));
  return {
    around: [
      ...parts.flatMap(({ found }) => found),
      ...whole.filter((object) => namesNamespace(namespace, object)),
    ],
    apart: whole.filter((object) => !namesNamespace(namespace, object)),
    elsewhere: granted.elsewhere.found,
    missing: [...parts, ...rest, granted.elsewhere].flatMap(({ missing }) => missing),
  };
}

/** Containers of a Deployment with what they have in their environment. */
export function environmentOf(workload: KubeObject): Readonly<Record<string, string>> {
  const containers = itemsOf(at(workload, 'spec', 'template', 'spec', 'containers'));
  const variables = containers.flatMap((container) => itemsOf(container['env']));
  return Object.fromEntries(
    variables.flatMap(({ name, value }) =>
      typeof name === 'string' && typeof value === 'string' ? [[name, value] as const] : [],
    ),
  );
}
