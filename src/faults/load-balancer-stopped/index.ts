import { seen } from '../../domain/looked.ts';
import { isDown, isSelfStarting, stoppedEvidence } from '../container-state.ts';
import { defineFault } from '../define-fault.ts';

const graceMs = 5000;

/** k3d's load balancer is stopped: the stack may be whole behind a closed door (lab baseline, fault 6). */
export const loadBalancerStopped = defineFault({
  id: 'load-balancer-stopped',
  layer: 'engine',
  title: 'The load balancer is stopped',
  check: (observation, { firstSeen }) => {
    const containers = seen(observation.containers) ?? [];
    const serverRuns = containers.some((entry) => entry.role === 'server' && entry.state === 'running');
    if (!serverRuns) return [];
    return containers
      .filter((entry) => entry.role === 'loadbalancer' && isDown(entry))
      .map((entry) => {
        const since = firstSeen('load-balancer-stopped', `Container ${entry.name}`) ?? observation.at;
        return {
          fault: 'load-balancer-stopped',
          layer: 'engine',
          object: { kind: 'Container', name: entry.name, uid: entry.id },
          claim: `The load balancer ${entry.name} is stopped: nothing published by the cluster answers, the API included.`,
          kind: isSelfStarting(entry) && observation.at - since < graceMs ? 'settling' : 'broken',
          evidence: [stoppedEvidence(entry, observation.at)],
          causedBy: [],
        };
      });
  },
  remedy: (finding, observation) => [
    {
      step: 'start-load-balancer',
      target: finding.object,
      risk: 'safe',
      because: finding.fault,
      reason: 'It does not run, so nobody is connected through it.',
      provenBy: 'the container runs and the API answers through it',
      undo: `docker stop ${finding.object.name}`,
      evidenceAt: observation.at,
      parameters: {},
    },
  ],
});
