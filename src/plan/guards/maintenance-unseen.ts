import { seen, type Looked } from '../../domain/looked.ts';
import { refText, type ObjectRef } from '../../domain/object-ref.ts';
import type { Observation } from '../../domain/observation.ts';
import { isNode } from '../../domain/running-nodes.ts';
import type { Stack } from '../../domain/stack.ts';
import { defineGuard } from './define-guard.ts';

/** The looks that would show a mark on the object or above it; the marks of a pod itself come with the pod. */
function looksFor(
  { kind, namespace, name }: ObjectRef,
  { containers, nodes, workloads, maintenance }: Observation,
  stack: Stack,
): readonly Looked<unknown>[] {
  if (namespace === stack.namespace) return [workloads, maintenance];
  const container = seen(containers)?.find((entry) => entry.name === name);
  // Other containers, of the load balancer for example, are no node that somebody could mark.
  return kind === 'Container' && container !== undefined && isNode(container) ? [nodes] : [];
}

/**
 * It could not be seen whether somebody wants the object to be left alone, and a moment later it may be. While the API is
 * silent, as it is after each boot, marks cannot be had and only nodes and the cluster are acted on: that must go on. What this
 * user may never read would hold up everything for ever; it is told instead (`could-not-look`).
 */
export const maintenanceUnseen = defineGuard({
  id: 'maintenance-unseen',
  judge: ({ target }, { observation, stack }) => {
    if (!observation.api.looked) return undefined;
    for (const look of looksFor(target, observation, stack)) {
      if (look.looked || look.isForbidden === true) continue;
      return {
        reason: `Whether somebody wants ${refText(target)} to be left alone could not be seen: ${look.why}.`,
        advice: 'Wait: it is looked at again in a moment.',
        kind: 'wait',
      };
    }
    return undefined;
  },
});
