import type { ClusterReader, KubeObject } from '../ports/cluster.ts';
import { ingressOf, type IngressFacts } from './ingress-shape.ts';
import { serviceOf, workloadOf, type ServiceFacts, type Workload } from './workload-shape.ts';

/** What discovery reads of one namespace; all of it plain data. */
export interface Inventory {
  readonly namespace: string;
  readonly workloads: readonly Workload[];
  readonly services: readonly ServiceFacts[];
  readonly ingresses: readonly IngressFacts[];
  /** ConfigMap name to its values by key: web server configurations name their upstream Services. */
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The objects of one namespace that discovery reads, as they are. */
export interface InventoryObjects {
  readonly deployments: readonly KubeObject[];
  readonly statefulSets: readonly KubeObject[];
  readonly services: readonly KubeObject[];
  readonly configMaps: readonly KubeObject[];
  readonly ingresses: readonly KubeObject[];
}

/** Reads one namespace. Throws when any part cannot be read: half an inventory would give a wrong stack. */
export async function readInventory(reader: ClusterReader, namespace: string): Promise<InventoryObjects> {
  const [deployments, statefulSets, services, configMaps, ingresses] = await Promise.all([
    reader.list(`/apis/apps/v1/namespaces/${namespace}/deployments`),
    reader.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`),
    reader.list(`/api/v1/namespaces/${namespace}/services`),
    reader.list(`/api/v1/namespaces/${namespace}/configmaps`),
    reader.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`),
  ]);
  return { deployments, statefulSets, services, configMaps, ingresses };
}

/** The same as discovery takes it. Throws when an object is not what its kind says. Pure. */
export function inventoryOf(
  namespace: string,
  { deployments, statefulSets, services, configMaps, ingresses }: InventoryObjects,
): Inventory {
  return {
    namespace,
    workloads: [
      ...deployments.map((object) => workloadOf('Deployment', object)),
      ...statefulSets.map((object) => workloadOf('StatefulSet', object)),
    ],
    services: services.map((object) => serviceOf(object)),
    ingresses: ingresses.map((object) => ingressOf(object)),
    configMaps: Object.fromEntries(
      configMaps.map((object) => [
        object.metadata.name,
        (object['data'] ?? {}) as Readonly<Record<string, string>>,
      ]),
    ),
  };
}

/** Reads one namespace, as discovery takes it. Throws when any part cannot be read. */
export async function takeInventory(reader: ClusterReader, namespace: string): Promise<Inventory> {
  return inventoryOf(namespace, await readInventory(reader, namespace));
}

/** Namespaces that hold a database which Patroni runs: candidates for the stack. */
export async function namespacesWithDatabase(reader: ClusterReader): Promise<readonly string[]> {
  const statefulSets = await reader.list('/apis/apps/v1/statefulsets', {
    labelSelector: 'application=spilo',
  });
  return [...new Set(statefulSets.map((object) => object.metadata.namespace ?? ''))].sort();
}
