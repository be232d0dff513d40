import { refText } from '../../domain/object-ref.ts';
import { refOf } from '../../export/choose.ts';
import { discoverKinds } from '../../export/collect/discover-kinds.ts';
import { collectionPath, groupOf, type ResourceKind } from '../../export/resource-kind.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { ClusterAccess, RebuildContext } from './context.ts';
import { until } from './until.ts';

/** Under this name the API server keeps what a restore has set. */
const manager = 'rekindle-restore';

/** A control plane that has just come up, a definition that is not served yet, a webhook whose pods start: all of them pass, ms. */
const patienceMs = 120_000;

type Kinds = ReadonlyMap<string, ResourceKind>;

async function kindsOf({ reader }: ClusterAccess): Promise<Kinds> {
  const { kinds } = await discoverKinds(reader);
  return new Map(kinds.map((kind) => [`${kind.group} ${kind.kind}`, kind]));
}

/** REST path of an object; undefined: the API does not serve its kind. */
function pathOf({ apiVersion = '', kind = '', metadata }: KubeObject, kinds: Kinds): string | undefined {
  const found = kinds.get(`${groupOf(apiVersion)} ${kind}`);
  if (found === undefined) return undefined;
  // In the version in which it was written down; the API may prefer another one by now.
  const version = apiVersion.split('/').at(-1) ?? found.version;
  const collection = collectionPath({ ...found, version }, metadata.namespace);
  return `${collection}/${encodeURIComponent(metadata.name)}`;
}

/**
 * Applies objects one after the other, each until the API takes it: afterwards they are as they are written. May be done again. Throws
 * RebuildRefused with the API's word for the first one that it does not take.
 */
export async function applyObjects(
  context: Pick<RebuildContext, 'clock' | 'signal'>,
  access: ClusterAccess,
  objects: readonly KubeObject[],
): Promise<void> {
  if (objects.length === 0) return;
  let kinds = await until(
    context,
    { what: 'The list of kinds', place: 'the API', deadlineMs: patienceMs },
    () => kindsOf(access),
  );
  for (const object of objects) {
    const name = refText(refOf(object));
    await until(context, { what: name, place: name, deadlineMs: patienceMs }, async () => {
      const path = pathOf(object, kinds);
      if (path === undefined) {
        kinds = await kindsOf(access);
        throw new Error(`the API does not serve ${object.kind ?? ''} of ${object.apiVersion ?? ''}`);
      }
      return access.writer.apply({ path, object, manager, force: true });
    });
  }
}
