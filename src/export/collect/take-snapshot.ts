import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import { ExplainedError } from '../../record/explained-error.ts';
import { collectionPath, resourceName, type ResourceKind } from '../resource-kind.ts';
import type { Missing, Snapshot } from '../snapshot.ts';
import { discoverKinds } from './discover-kinds.ts';
import { inTurns } from './in-turns.ts';
import { nothingIn } from './never-read.ts';
import { readAround } from './read-around.ts';
import { readOperators } from './read-operators.ts';
import { whyOf } from './why.ts';

/** The namespace that shall be exported is not there. */
export class NothingToExport extends ExplainedError {
  override readonly name = 'NothingToExport';
}

type Reader = Pick<ClusterReader, 'get' | 'list' | 'secrets'>;

interface Space {
  readonly space: KubeObject | undefined;
  readonly missing: readonly Missing[];
}

async function readSpace(reader: Reader, namespace: string): Promise<Space> {
  try {
    const space = await reader.get(`/api/v1/namespaces/${encodeURIComponent(namespace)}`);
    if (space !== undefined) return { space: { ...space, apiVersion: 'v1', kind: 'Namespace' }, missing: [] };
  } catch (error) {
    const unseen = { what: `Namespace ${namespace}`, why: whyOf(error), kind: 'Namespace' };
    return { space: undefined, missing: [unseen] };
  }
  throw new NothingToExport({
    what: 'There is nothing to export',
    cause: 'the cluster has no such namespace',
    place: namespace,
    next: 'Name the namespace of the stack with --namespace.',
  });
}

async function readKind(reader: Reader, kind: ResourceKind, namespace: string) {
  try {
    const isSecret = kind.group === '' && kind.plural === 'secrets';
    const objects = isSecret
      ? await reader.secrets(namespace)
      : await reader.list(collectionPath(kind, namespace));
    return { objects, missing: [] };
  } catch (error) {
    const what = `${kind.kind} (${resourceName(kind)})`;
    return { objects: [], missing: [{ what, why: whyOf(error), kind: kind.kind }] };
  }
}

/**
 * Reads everything that may make the stack of a namespace, and changes nothing. What could not be read is missing by name.
 * Throws NothingToExport, and what the reader throws when the API does not even say which kinds it has.
 */
export async function takeSnapshot(reader: Reader, namespace: string): Promise<Snapshot> {
  const { space, missing: unseen } = await readSpace(reader, namespace);
  const discovered = await discoverKinds(reader);
  const asked = discovered.kinds.filter((kind) => kind.namespaced && nothingIn(kind) === undefined);
  const answers = await inTurns(asked, (kind) => readKind(reader, kind, namespace));
  const objects = answers.flatMap((answer) => answer.objects);
  const around = await readAround(reader, namespace, { kinds: discovered.kinds, objects });
  return {
    namespace,
    kinds: discovered.kinds,
    space,
    objects,
    ...around,
    operators: await readOperators(reader, objects),
    missing: [
      ...unseen,
      ...discovered.missing,
      ...answers.flatMap((answer) => answer.missing),
      ...around.missing,
    ],
  };
}
