import type { NodeContainer } from '../../domain/observation.ts';
import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';

/** What a container that does not run is told as. */
function faultOf({ role, state }: NodeContainer): string {
  if (state === 'paused') return 'container-paused';
  return role === 'loadbalancer' ? 'load-balancer-stopped' : 'node-stopped';
}

/** The Kubernetes API does not answer. After a boot it takes about 6 s (lab baseline); only waited for. */
export const controlPlaneSilent = defineFault({
  id: 'control-plane-silent',
  layer: 'control-plane',
  title: 'The Kubernetes API does not answer',
  check: (observation, { stack }) => {
    if (observation.api.looked) return [];
    const containers = seen(observation.containers) ?? [];
    const down = containers.filter((entry) => entry.role !== 'other' && entry.state !== 'running');
    return [
      {
        fault: 'control-plane-silent',
        layer: 'control-plane',
        object: { kind: 'Cluster', name: stack.cluster.name },
        claim: 'The Kubernetes API does not answer.',
        kind: 'settling',
        evidence: [
          { object: 'GET /readyz', field: 'error', value: observation.api.why, at: observation.api.at },
        ],
        causedBy: ['certificate-not-valid-now', ...down.map(faultOf)],
      },
    ];
  },
  remedy: () => [],
});
