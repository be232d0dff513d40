import { seen } from '../../domain/looked.ts';
import { stoppedEvidence } from '../container-state.ts';
import { defineFault } from '../define-fault.ts';

/**
 * Somebody has paused a node or the load balancer: its processes are frozen, and no restart policy ends that (docs.docker.com, docker
 * container pause). Nobody does it by accident, so it is theirs to go on with.
 */
export const containerPaused = defineFault({
  id: 'container-paused',
  layer: 'engine',
  title: 'A node or the load balancer is paused',
  check: (observation) =>
    (seen(observation.containers) ?? [])
      .filter(({ role, state }) => role !== 'other' && state === 'paused')
      .map((container) => ({
        fault: 'container-paused',
        layer: 'engine',
        object: { kind: 'Container', name: container.name, uid: container.id },
        claim: `Somebody has paused ${container.name}: nothing in it goes on.`,
        kind: 'broken',
        evidence: [stoppedEvidence(container, observation.at)],
        byHand: `docker unpause ${container.name}`,
        causedBy: [],
      })),
  remedy: () => [],
});
