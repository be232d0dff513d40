import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';

/**
 * A web server answers when asked directly and the published address does not: the load balancer shuns upstreams
 * that refused it during the boot (nginx `max_fails=1 fail_timeout=10s` in k3d's template, state per worker).
 */
export const frontDoorShunned = defineFault({
  id: 'front-door-shunned',
  layer: 'edge',
  title: 'The load balancer shuns a web server that answers',
  check: (observation) => {
    const door = seen(observation.frontDoor);
    if (door === undefined || !('error' in door.answer)) return [];
    const answering = (seen(observation.edge) ?? []).filter(
      (edge) => edge.status !== undefined && edge.status < 500,
    );
    const balancer = (seen(observation.containers) ?? []).find(
      (entry) => entry.role === 'loadbalancer' && entry.state === 'running',
    );
    if (answering.length === 0 || balancer === undefined) return [];
    return [
      {
        fault: 'front-door-shunned',
        layer: 'edge',
        object: { kind: 'Container', name: balancer.name, uid: balancer.id },
        claim:
          door.visits.answered === 0
            ? 'The web server answers when asked directly, the published address does not.'
            : `The web server answers when asked directly; of ${door.visits.made} visits to the published address ${door.visits.answered} got an answer.`,
        kind: 'broken',
        evidence: [
          { object: door.url, field: 'GET', value: door.answer.error, at: observation.at },
          ...answering.map((edge) => ({
            object: `${edge.kind} ${edge.name}`,
            field: 'GET past the load balancer',
            value: String(edge.status),
            at: observation.at,
          })),
        ],
        against: 'The web server itself is not the cause: it answered in the same second.',
        causedBy: [],
      },
    ];
  },
  remedy: (finding, observation) => [
    {
      step: 'reload-load-balancer',
      target: finding.object,
      risk: 'safe',
      because: finding.fault,
      reason:
        'A reload starts new workers that shun nobody; connections that are open stay open in the old ones.',
      provenBy: 'the published address answers',
      undo: 'none needed',
      evidenceAt: observation.at,
      parameters: {},
    },
  ],
});
