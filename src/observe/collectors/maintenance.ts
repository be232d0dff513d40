import { maintenanceText, type MaintenanceFacts } from '../../domain/maintenance.ts';
import type { Stack } from '../../domain/stack.ts';
import type { ClusterReader } from '../../ports/cluster.ts';
import { isForbidden, oneLine } from '../look.ts';

interface Place {
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}

/** What one object says. Throws when there is no answer: what could not be read is not taken for unmarked. */
async function read(reader: ClusterReader, { kind, name, path }: Place): Promise<MaintenanceFacts> {
  try {
    const text = maintenanceText((await reader.get(path))?.metadata.annotations);
    return { marks: text === undefined ? [] : [{ kind, name, text }], forbidden: [] };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    // A right that is missing for one object must not hide the mark on another.
    return { marks: [], forbidden: [{ object: `${kind} ${name}`, why: oneLine(error) }] };
  }
}

/** What stands above single pods and is to be left alone: the namespace, and the operator's database clusters. */
export async function collectMaintenance(
  reader: ClusterReader,
  { namespace, databases }: Pick<Stack, 'namespace' | 'databases'>,
): Promise<MaintenanceFacts> {
  const places: readonly Place[] = [
    { kind: 'Namespace', name: namespace, path: `/api/v1/namespaces/${namespace}` },
    ...databases.map((database) => ({
      kind: 'postgresql',
      name: database.cluster,
      path: `/apis/acid.zalan.do/v1/namespaces/${database.namespace}/postgresqls/${database.cluster}`,
    })),
  ];
  const found = await Promise.all(places.map((place) => read(reader, place)));
  return {
    marks: found.flatMap(({ marks }) => marks),
    forbidden: found.flatMap(({ forbidden }) => forbidden),
  };
}
