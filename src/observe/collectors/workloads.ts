import { z } from 'zod';

import type { WorkloadFacts } from '../../domain/observation.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';

const workloadShape = z.object({
  spec: z.object({
    replicas: z.number().default(1),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()).default({}) }).prefault({}),
  }),
  status: z.object({ readyReplicas: z.number().default(0) }).prefault({}),
});

function facts(kind: WorkloadFacts['kind'], object: KubeObject): WorkloadFacts {
  const { spec, status } = workloadShape.parse(object);
  return {
    kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    wanted: spec.replicas,
    ready: status.readyReplicas,
    selector: spec.selector.matchLabels,
  };
}

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
    ...deployments.map((object) => facts('Deployment', object)),
    ...statefulSets.map((object) => facts('StatefulSet', object)),
  ];
}
