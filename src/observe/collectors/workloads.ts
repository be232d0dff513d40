import { z } from 'zod';

import type { ServiceEndpoints, WorkloadFacts } from '../../domain/observation.ts';
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

const sliceShape = z.object({
  endpoints: z
    .array(
      z.object({
        conditions: z.object({ ready: z.boolean().nullish() }).prefault({}),
        targetRef: z.object({ name: z.string().optional() }).optional(),
      }),
    )
    .nullish(),
});

/** Which pods each Service sends traffic to right now, from EndpointSlices. */
export async function collectEndpoints(
  reader: ClusterReader,
  namespace: string,
  labelSelector?: string,
): Promise<readonly ServiceEndpoints[]> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const slices = await reader.list(path, labelSelector === undefined ? {} : { labelSelector });
  const pods = new Map<string, string[]>();
  for (const slice of slices) {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'] ?? slice.metadata.name;
    const ready = (sliceShape.parse(slice).endpoints ?? [])
      .filter((endpoint) => endpoint.conditions.ready !== false)
      .map((endpoint) => endpoint.targetRef?.name ?? '');
    pods.set(service, [...(pods.get(service) ?? []), ...ready]);
  }
  return [...pods].map(([service, readyPods]) => ({ namespace, service, readyPods }));
}
