import { refText } from '../../domain/object-ref.ts';
import { refOf, type KubeObject } from '../world/thing.ts';
import type { World } from '../world/world.ts';
import { meant, referencesOf } from './references.ts';

/** What refers to what: `refText` of the object to the keys that are used; undefined among them means all. */
export type Usage = ReadonlyMap<string, ReadonlySet<string | undefined>>;

type Found = readonly [object: string, key: string | undefined];

/** Pods that are there count beside what makes them: an older ReplicaSet's pods still use what their template named. */
function ofPods(world: World): readonly Found[] {
  const livePods = world.pods.map(({ ref, spec }) => ({ kind: 'Pod' as const, ref, pod: spec }));
  return [...world.workloads, ...livePods].flatMap((workload) =>
    referencesOf(workload).map(
      (reference) => [refText(meant(reference, workload.ref)), reference.key] as const,
    ),
  );
}

function ofIngresses({ ingresses }: World): readonly Found[] {
  return ingresses.flatMap(({ ref, fields }) =>
    fields.spec.tls.flatMap(({ secretName }) =>
      secretName
        ? [
            [
              refText({ kind: 'Secret', name: secretName, namespace: ref.namespace ?? '' }),
              undefined,
            ] as const,
          ]
        : [],
    ),
  );
}

function ofAccounts({ objects }: World): readonly Found[] {
  return objects.flatMap((object) => {
    if (object.kind !== 'ServiceAccount') return [];
    const { secrets, imagePullSecrets } = object as {
      readonly secrets?: readonly { readonly name?: string }[] | null;
      readonly imagePullSecrets?: readonly { readonly name?: string }[] | null;
    };
    const { namespace = '' } = refOf(object);
    return [...(secrets ?? []), ...(imagePullSecrets ?? [])].flatMap(({ name }) =>
      name ? [[refText({ kind: 'Secret', name, namespace }), undefined] as const] : [],
    );
  });
}

/** Uses of ConfigMaps and Secrets by pods, Ingresses and ServiceAccounts. */
export function usageOf(world: World): Usage {
  const usage = new Map<string, Set<string | undefined>>();
  for (const [object, key] of [...ofPods(world), ...ofIngresses(world), ...ofAccounts(world)]) {
    const keys = usage.get(object) ?? new Set();
    keys.add(key);
    usage.set(object, keys);
  }
  return usage;
}

/** Keys of a ConfigMap or Secret; values are not kept of Secrets. */
export function keysOf(object: KubeObject): readonly string[] {
  const { data, binaryData } = object as {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly binaryData?: Readonly<Record<string, unknown>> | null;
  };
  return [...Object.keys(data ?? {}), ...Object.keys(binaryData ?? {})];
}

/** Names of ServiceAccounts that pods or bindings name, by `refText`. */
export function accountsInUse(world: World): ReadonlySet<string> {
  const ofWorkloads = [...world.workloads, ...world.pods.map(({ ref, spec }) => ({ ref, pod: spec }))].map(
    ({ ref, pod }) =>
      refText({
        kind: 'ServiceAccount',
        name: pod.serviceAccountName ?? 'default',
        namespace: ref.namespace ?? '',
      }),
  );
  const bound = world.objects.flatMap((object) => {
    if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') return [];
    const { subjects } = object as {
      readonly subjects?:
        readonly { readonly kind?: string; readonly name?: string; readonly namespace?: string }[] | null;
    };
    return (subjects ?? []).flatMap(({ kind, name = '', namespace = refOf(object).namespace ?? '' }) =>
      kind === 'ServiceAccount' ? [refText({ kind, name, namespace })] : [],
    );
  });
  return new Set([...ofWorkloads, ...bound]);
}
