import type { ClusterReader } from '../ports/cluster.ts';
import { serviceOf, workloadOf, type ServiceFacts, type Workload } from './workload-shape.ts';

/** What discovery reads of one namespace; all of it plain data. */
export interface Inventory {
  readonly namespace: string;
  readonly workloads: readonly Workload[];
  readonly services: readonly ServiceFacts[];
  /** ConfigMap name to all of its values: web server configurations name their upstream Services. */
  readonly configMaps: Readonly<Record<string, string>>;
}

/** Reads one namespace. Throws when any part cannot be read: half an inventory would give a wrong stack. */
export async function takeInventory(reader: ClusterReader, namespace: string): Promise<Inventory> {
  const [deployments, statefulSets, services, configMaps] = await Promise.all([
    reader.list(`/apis/apps/v1/namespaces/${namespace}/deployments`),
    reader.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`),
    reader.list(`/api/v1/namespaces/${namespace}/services`),
    reader.list(`/api/v1/namespaces/${namespace}/configmaps`),
  ]);
  return {
    namespace,
    workloads: [
      ...deployments.map((object) => workloadOf('Deployment', object)),
      ...statefulSets.map((object) => workloadOf('StatefulSet', object)),
    ],
    services: services.map((object) => serviceOf(object)),
    configMaps: Object.fromEntries(
      configMaps.map((object) => [object.metadata.name, Object.values(object['data'] ?? {}).join('\n')]),
    ),
  };
}

/** Namespaces that hold a database which Patroni runs: candidates for the stack. */
export async function namespacesWithDatabase(reader: ClusterReader): Promise<readonly string[]> {
  const statefulSets = await reader.list('/apis/apps/v1/statefulsets', {
    labelSelector: 'application=spilo',
  });
  return [...new Set(statefulSets.map((object) => object.metadata.namespace ?? ''))].sort();
}
