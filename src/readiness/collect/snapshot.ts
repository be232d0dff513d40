import { couldNotLook, saw, type Looked } from '../../domain/looked.ts';
import { look } from '../../observe/look.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import { kindNames, placeOf, type Kind } from '../world/kinds.ts';
import type { Snapshot } from '../world/snapshot.ts';

/** Lists of a whole cluster may be long, ms. */
const deadlineMs = 15_000;

interface Source {
  readonly reader: Pick<ClusterReader, 'list'>;
  readonly clock: Clock;
}

/** Keys stay, values go before anything else sees them. */
function withoutValues(object: KubeObject): KubeObject {
  const { data, stringData } = object as {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly stringData?: Readonly<Record<string, unknown>> | null;
  };
  const keys = [...Object.keys(data ?? {}), ...Object.keys(stringData ?? {})];
  // `kubectl apply` keeps the whole object, with the values, in an annotation.
  const { annotations: _, ...metadata } = object.metadata;
  const { apiVersion = 'v1' } = object;
  const type = object['type'];
  return {
    apiVersion,
    kind: 'Secret',
    metadata,
    ...(typeof type === 'string' && { type }),
    data: Object.fromEntries(keys.map((key) => [key, ''])),
  };
}

/** An object as the checks may see it: of a Secret only the names of its keys. */
export function withoutSecrets(object: KubeObject): KubeObject {
  return object.kind === 'Secret' ? withoutValues(object) : object;
}

function listKind({ reader, clock }: Source, kind: Kind, namespace: string) {
  const { api, plural, namespaced } = placeOf(kind);
  const path = namespaced ? `${api}/namespaces/${namespace}/${plural}` : `${api}/${plural}`;
  const read = async (): Promise<readonly KubeObject[]> =>
    (await reader.list(path)).map((object) => withoutSecrets({ ...object, kind }));
  return look(clock, plural, read, deadlineMs);
}

/** What is read beside the objects. */
export type Looks = Pick<Snapshot, 'answers' | 'uses'>;

/** Nothing but objects was asked for. */
export function noLooks(why: string, at: number): Looks {
  return { answers: couldNotLook(why, 'probes', at), uses: couldNotLook(why, 'volumes', at) };
}

/**
 * Reads every kind of a namespace, and what the whole cluster has once. Reads only; what cannot be read says why. Kubernetes
 * refuses a kind that an account may not list: that is a value, too.
 */
export async function takeSnapshot(source: Source, namespace: string, looks: Looks): Promise<Snapshot> {
  const found = await Promise.all(
    kindNames.map(async (kind) => [kind, await listKind(source, kind, namespace)] as const),
  );
  return {
    at: source.clock.now(),
    source: 'cluster',
    namespaces: [namespace],
    objects: Object.fromEntries(found) as Record<Kind, Looked<readonly KubeObject[]>>,
    others: [],
    places: new Map(),
    unread: [],
    ...looks,
  };
}

/** Objects by kind, as somebody has read them all; the other kinds are seen to be empty. */
export function byKind(objects: readonly KubeObject[], from: string, at: number): Snapshot['objects'] {
  return Object.fromEntries(
    kindNames.map((kind) => [
      kind,
      saw(
        objects.filter((object) => object.kind === kind),
        from,
        at,
      ),
    ]),
  ) as Record<Kind, Looked<readonly KubeObject[]>>;
}
