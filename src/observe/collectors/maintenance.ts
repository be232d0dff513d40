import type { MaintenanceMark } from '../../domain/maintenance.ts';
import { maintenanceText } from '../../domain/maintenance.ts';
import type { Stack } from '../../domain/stack.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';

function markOf(kind: string, object: KubeObject | undefined): readonly MaintenanceMark[] {
  const text = maintenanceText(object?.metadata.annotations);
  return object === undefined || text === undefined ? [] : [{ kind, name: object.metadata.name, text }];
}

/** What stands above single pods and is to be left alone: the namespace, and the operator's database clusters. */
export async function collectMaintenance(
  reader: ClusterReader,
  { namespace, databases }: Pick<Stack, 'namespace' | 'databases'>,
): Promise<readonly MaintenanceMark[]> {
  const clusters = databases.map(
    (database) => `/apis/acid.zalan.do/v1/namespaces/${database.namespace}/postgresqls/${database.cluster}`,
  );
  const [own, ...found] = await Promise.all([
    reader.get(`/api/v1/namespaces/${namespace}`),
    ...clusters.map((path) => reader.get(path)),
  ]);
  return [...markOf('Namespace', own), ...found.flatMap((object) => markOf('postgresql', object))];
}
