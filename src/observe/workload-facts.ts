import { z } from 'zod';

import { ownLabels } from '../discover/own-labels.ts';
import { maintenanceText } from '../domain/maintenance.ts';
import type { WorkloadFacts } from '../domain/observation.ts';
import type { KubeObject } from '../ports/cluster.ts';

const workloadShape = z.object({
  metadata: z.object({
    generation: z.number().optional(),
    managedFields: z
      .array(
        z.object({
          manager: z.string().default('unknown'),
          subresource: z.string().optional(),
          time: z.string().optional(),
          fieldsV1: z
            .object({ 'f:spec': z.object({ 'f:replicas': z.unknown().optional() }).optional() })
            .optional(),
        }),
      )
      .default([]),
  }),
  spec: z.object({
    replicas: z.number().default(1),
  }),
  status: z.object({ readyReplicas: z.number().default(0) }).prefault({}),
});
type Shape = z.infer<typeof workloadShape>;

/** Written by `kubectl apply` (kubernetes.io, Declarative management of Kubernetes objects). */
const appliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
const appliedShape = z.object({ spec: z.object({ replicas: z.number().optional() }).optional() });

/**
 * `kubectl scale` and autoscalers write by the subresource `scale`; they own `f:replicas` all the same. Nobody does after
 * a scale to 0: the number is left out of that object when it is 0 (k8s.io/api autoscaling/v1, ScaleSpec, omitempty).
 */
function scaledBy({ metadata }: Shape): Pick<WorkloadFacts, 'scaledBy'> {
  const owners = metadata.managedFields.filter(
    ({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:replicas'] !== undefined,
  );
  const times = owners.map(({ manager, time }) => ({ manager, at: Date.parse(time ?? '') }));
  const last = times.filter(({ at }) => !Number.isNaN(at)).sort((a, b) => b.at - a.at)[0];
  return last === undefined ? {} : { scaledBy: last };
}

function statusChangedAt({ metadata }: Shape): Pick<WorkloadFacts, 'statusChangedAt'> {
  const times = metadata.managedFields
    .filter(({ subresource }) => subresource === 'status')
    .map(({ time }) => Date.parse(time ?? ''))
    .filter((at) => !Number.isNaN(at));
  return times.length === 0 ? {} : { statusChangedAt: Math.max(...times) };
}

function appliedReplicas(object: KubeObject): Pick<WorkloadFacts, 'appliedReplicas'> {
  const text = object.metadata.annotations?.[appliedAnnotation];
  if (text === undefined) return {};
  try {
    const replicas = appliedShape.parse(JSON.parse(text)).spec?.replicas;
    return replicas === undefined ? {} : { appliedReplicas: replicas };
  } catch {
    // Anybody may write an annotation; one that is no manifest says nothing.
    return {};
  }
}

/** Reduces a Deployment or StatefulSet to what the checks need. Throws when the object is neither. */
export function workloadFacts(kind: WorkloadFacts['kind'], object: KubeObject): WorkloadFacts {
  const shape = workloadShape.parse(object);
  const { metadata, spec, status } = shape;
  const maintenance = maintenanceText(object.metadata.annotations);
  return {
    kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    wanted: spec.replicas,
    ready: status.readyReplicas,
    selector: ownLabels(object),
    ...(metadata.generation !== undefined && { generation: metadata.generation }),
    ...scaledBy(shape),
    ...statusChangedAt(shape),
    ...appliedReplicas(object),
    ...(maintenance !== undefined && { maintenance }),
  };
}
