import { seen } from '../../domain/looked.ts';
import { isNode } from '../../domain/running-nodes.ts';
import { isDown, isSelfStarting, stoppedEvidence } from '../container-state.ts';
import { defineFault } from '../define-fault.ts';

/** Time that the engine gets to start a self-starting container, ms (lab: 2.2 s for all of them). */
const graceMs = 5000;

/** One node of a running cluster is stopped. One stopped agent can take the whole entry down (lab baseline, fault 5). */
export const nodeStopped = defineFault({
  id: 'node-stopped',
  layer: 'engine',
  title: 'A node container is stopped',
  check: (observation, { firstSeen }) => {
    const containers = seen(observation.containers) ?? [];
    const servers = containers.filter((container) => container.role === 'server');
    if (servers.length > 0 && servers.every(isDown)) return [];
    return containers
      .filter((container) => isNode(container) && isDown(container))
      .map((container) => {
        const since = firstSeen('node-stopped', `Container ${container.name}`) ?? observation.at;
        const patient = isSelfStarting(container) && observation.at - since < graceMs;
        return {
          fault: 'node-stopped',
          layer: 'engine',
          object: { kind: 'Container', name: container.name, uid: container.id },
          claim: `Node ${container.name} is stopped while the cluster runs.`,
          kind: patient ? 'settling' : 'broken',
          evidence: [stoppedEvidence(container, observation.at)],
          causedBy: [],
        };
      });
  },
  remedy: (finding, observation) => [
    {
      step: 'start-node',
      target: finding.object,
      risk: 'safe',
      because: finding.fault,
      reason:
        'The node does not run, so starting it touches nothing healthy; its volumes and pods come back with it.',
      provenBy: 'the container runs',
      undo: `docker stop ${finding.object.name}`,
      evidenceAt: observation.at,
      parameters: {},
    },
  ],
});
