import { z } from 'zod';

import type { KubeObject } from '../ports/cluster.ts';
import { writerOf } from './workload-spec.ts';

const count = z.union([z.number(), z.string()]);
const shape = z.object({
  spec: z.object({ minAvailable: count.optional(), maxUnavailable: count.optional() }),
  status: z
    .object({ expectedPods: z.number().default(0), disruptionsAllowed: z.number().default(0) })
    .prefault({}),
});

/** A PodDisruptionBudget. */
export interface Budget {
  readonly namespace: string;
  readonly name: string;
  /** Who writes it and would write over a change. */
  readonly writer?: string;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  /** Pods that it counts, as its controller sees it. */
  readonly expectedPods: number;
  readonly disruptionsAllowed: number;
}

/** Reads one PodDisruptionBudget. Throws when it is none. */
export function budgetOf(object: KubeObject): Budget {
  const { spec, status } = shape.parse(object);
  const { minAvailable, maxUnavailable } = spec;
  const writer = writerOf(object);
  return {
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    ...status,
    ...(writer !== undefined && { writer }),
    ...(minAvailable !== undefined && { minAvailable }),
    ...(maxUnavailable !== undefined && { maxUnavailable }),
  };
}

/** A number of pods of this many; a share is rounded up (kubernetes.io, Specifying a Disruption Budget). */
function ofPods(value: number | string, pods: number): number {
  if (typeof value === 'number') return value;
  return Math.ceil((Number.parseInt(value, 10) / 100) * pods);
}

/** How many of its pods may be taken away at once when all of them are there; 0: none, ever. */
export function disruptionsWhenHealthy({ minAvailable, maxUnavailable, expectedPods }: Budget): number {
  if (maxUnavailable !== undefined) return ofPods(maxUnavailable, expectedPods);
  return minAvailable === undefined ? 1 : Math.max(0, expectedPods - ofPods(minAvailable, expectedPods));
}
