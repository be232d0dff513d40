import { seen } from '../../domain/looked.ts';
import type { LoadBalancerFacts, Observation } from '../../domain/observation.ts';
import type { Finding } from '../../domain/finding.ts';
import { defineFault } from '../define-fault.ts';

/** Names that the load balancer leads to and that no container of the cluster has, running or not. */
function goneNames({ upstreams }: LoadBalancerFacts, observation: Observation): readonly string[] {
  const containers = seen(observation.containers);
  if (containers === undefined) return [];
  const known = new Set(containers.map(({ name }) => name));
  return (seen(upstreams) ?? []).filter((name) => !known.has(name));
}

function judge(facts: LoadBalancerFacts, observation: Observation): Finding[] {
  const gone = goneNames(facts, observation);
  if (gone.length === 0) return [];
  return [
    {
      fault: 'load-balancer-names-gone',
      layer: 'engine',
      object: { kind: 'Container', name: facts.name, uid: facts.id },
      claim: `The load balancer ${facts.name} does not start: it leads to ${gone.join(', ')}, which does not exist any more.`,
      kind: 'broken',
      evidence: [
        {
          object: facts.name,
          field: '/etc/confd/values.yaml, names of nodes',
          value: (seen(facts.upstreams) ?? []).join(', '),
          at: observation.at,
        },
        {
          object: 'engine',
          field: 'containers of the cluster',
          value: (seen(observation.containers) ?? []).map(({ name }) => name).join(', '),
          at: observation.at,
        },
      ],
      against: 'A node that is only stopped has its container and would be started first.',
      causedBy: [],
    },
  ];
}

/**
 * k3d's load balancer leads to a node whose container is gone (deleted by hand, or by a clean-up of stopped containers).
 * nginx looks every name up when it starts and ends with "host not found in upstream": nothing that the cluster
 * publishes answers, its API included.
 */
export const loadBalancerNamesGone = defineFault({
  id: 'load-balancer-names-gone',
  layer: 'engine',
  title: 'The load balancer leads to a node that does not exist any more',
  check: (observation) =>
    (seen(observation.loadBalancers) ?? []).flatMap((facts) => judge(facts, observation)),
  remedy: (finding, observation) => {
    const facts = seen(observation.loadBalancers)?.find(({ id }) => id === finding.object.uid);
    if (facts === undefined) return [];
    return [
      {
        step: 'drop-gone-upstreams',
        target: finding.object,
        risk: 'safe',
        because: finding.fault,
        reason:
          'It serves nobody while it does not start; the other nodes stay as they are, and the old list is kept beside it.',
        provenBy: 'the load balancer runs and the API answers through it',
        undo: `docker cp ${finding.object.name}:/etc/confd/values.yaml.rekindle-<time> - and back as values.yaml`,
        evidenceAt: observation.at,
        parameters: { names: goneNames(facts, observation).join(' ') },
      },
    ];
  },
});
