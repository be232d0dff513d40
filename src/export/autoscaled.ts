import { isFields, type Fields } from '../harden/fields/fields.ts';
import { textAt } from './collect/uses.ts';

/** Workloads whose number of pods somebody else decides: `Deployment nginx`. */
export type Autoscaled = ReadonlySet<string>;

/** The workloads that a HorizontalPodAutoscaler scales. */
export function autoscaledBy(objects: readonly Fields[]): Autoscaled {
  const targets = objects.flatMap((object) => {
    if (object['kind'] !== 'HorizontalPodAutoscaler') return [];
    const kind = textAt(object, 'spec', 'scaleTargetRef', 'kind');
    const name = textAt(object, 'spec', 'scaleTargetRef', 'name');
    return [`${kind ?? ''} ${name ?? ''}`];
  });
  return new Set(targets);
}

/**
 * The object without its number of pods where an autoscaler decides it: written down it would be set back by each apply
 * (kubernetes.io, Horizontal Pod Autoscaling, "Migrating Deployments and StatefulSets to horizontal autoscaling").
 */
export function withoutAutoscaling(object: Fields, autoscaled: Autoscaled): Fields {
  const name = textAt(object, 'metadata', 'name') ?? '';
  const spec = object['spec'];
  if (!isFields(spec) || !autoscaled.has(`${String(object['kind'])} ${name}`)) return object;
  const { replicas: _replicas, ...kept } = spec;
  return { ...object, spec: kept };
}
