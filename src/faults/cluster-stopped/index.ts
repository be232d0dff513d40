import { seen } from '../../domain/looked.ts';
import { isDown, stoppedEvidence } from '../container-state.ts';
import { defineFault } from '../define-fault.ts';

/**
 * Every server node is stopped and the engine will not start them by itself: `k3d cluster stop`, or a stop by hand
 * (Docker does not restart a container that a person stopped, docs.docker.com "Start containers automatically").
 */
export const clusterStopped = defineFault({
  id: 'cluster-stopped',
  layer: 'engine',
  title: 'The whole cluster is stopped',
  check: (observation, { stack, firstSeen }) => {
    const containers = seen(observation.containers) ?? [];
    const servers = containers.filter((container) => container.role === 'server');
    const stopped = servers.filter(isDown);
    if (servers.length === 0 || stopped.length < servers.length) return [];
    const object = { kind: 'Cluster', name: stack.cluster.name };
    const since = firstSeen('cluster-stopped', `Cluster ${stack.cluster.name}`) ?? observation.at;
    return [
      {
        fault: 'cluster-stopped',
        layer: 'engine',
        object,
        claim: `All ${servers.length} server node(s) of ${stack.cluster.name} are stopped.`,
        kind: observation.at - since >= graceMs ? 'broken' : 'settling',
        evidence: stopped.map((container) => stoppedEvidence(container, observation.at)),
        causedBy: [],
      },
    ];
  },
  remedy: (finding, observation) => [
    {
      step: 'start-cluster',
      target: finding.object,
      risk: 'safe',
      because: finding.fault,
      reason:
        'Nothing of the cluster runs, so starting it touches nothing healthy; k3d also repairs the DNS entries it owns.',
      provenBy: 'every node container runs and the API answers',
      undo: `k3d cluster stop ${finding.object.name}`,
      evidenceAt: observation.at,
      parameters: {},
    },
  ],
});

/** The engine starts containers within about 2 s of its own start (lab: 2.2 s); act only after that. */
const graceMs = 4000;
