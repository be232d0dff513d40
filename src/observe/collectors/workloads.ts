import type { WorkloadFacts } from '../../domain/observation.ts';
import type { ClusterReader } from '../../ports/cluster.ts';
import { workloadFacts } from '../workload-facts.ts';

/** Deployments and StatefulSets of one namespace with wanted and ready replicas. */
export async function collectWorkloads(
  reader: ClusterReader,
  namespace: string,
): Promise<readonly WorkloadFacts[]> {
  const [deployments, statefulSets] = await Promise.all([
    reader.list(`/apis/apps/v1/namespaces/${namespace}/deployments`),
    reader.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`),
  ]);
  return [
    ...deployments.map((object) => workloadFacts('Deployment', object)),
    ...statefulSets.map((object) => workloadFacts('StatefulSet', object)),
  ];
}
