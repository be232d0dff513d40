import { z } from 'zod';

import type { KubeObject } from '../ports/cluster.ts';

const labels = z.record(z.string(), z.string()).default({});
const shape = z.object({
  selector: z
    .object({ matchLabels: labels, matchExpressions: z.array(z.unknown()).default([]) })
    .prefault({}),
  template: z.object({ metadata: z.object({ labels }).prefault({}) }).prefault({}),
});

/**
 * Labels that the pods of a Deployment or StatefulSet carry, and no other pod that its selector does not want. Expressions narrow the
 * labels beside them down, so those alone would also name pods of others; the labels of the template, which every selector of apps/v1
 * has to match (k8s.io/kubernetes, apps validation: "selector does not match template labels"), are all on each pod that is made
 * from it. Throws when the object is neither.
 */
export function ownLabels(workload: KubeObject): Readonly<Record<string, string>> {
  const { selector, template } = shape.parse(workload['spec']);
  return selector.matchExpressions.length === 0 ? selector.matchLabels : template.metadata.labels;
}
