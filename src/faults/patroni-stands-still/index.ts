import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';

/**
 * A member whose Patroni has stopped going through its loop: the process is there, its pod is ready, PostgreSQL in it may
 * answer, and it follows no leader and takes no part in a failover. Seen in the lab after a cut, Patroni 3.0.2: the handler of
 * SIGCHLD logs while the loop holds the lock of the log's queue (patroni pull request 3413, merged in July 2025), which a
 * boot invites, because PostgreSQL's first processes end then. The stack goes on with the others, but with one copy less, and
 * it does not heal by itself.
 */
export const patroniStandsStill = defineFault({
  id: 'patroni-stands-still',
  layer: 'database',
  title: 'Patroni hangs in a member that runs',
  check: (observation) =>
    (seen(observation.databases) ?? []).flatMap(({ namespace, cluster, members, leader }) =>
      members.flatMap(({ pod, role, state, loop }) => {
        if (loop === undefined || seen(loop) !== 'stands-still') return [];
        const holds = pod === leader ? ' It holds the leader lock.' : '';
        return [
          {
            fault: 'patroni-stands-still',
            layer: 'database' as const,
            object: { kind: 'Pod', namespace, name: pod },
            claim: `${pod} runs, but Patroni in it hangs: it follows no leader, so ${cluster} has one copy less.${holds}`,
            kind: 'notice' as const,
            evidence: [
              { object: `Pod ${namespace}/${pod}`, field: loop.from, value: '503', at: loop.at },
              {
                object: `Pod ${namespace}/${pod}`,
                field: 'annotation status',
                value: `${role ?? '?'} ${state ?? '?'}`,
                at: observation.at,
              },
            ],
            against:
              'A member that is being copied or rewound still goes through its loop: that would answer 200.',
            byHand:
              `kubectl -n ${namespace} delete pod ${pod} --wait=false   ` +
              '# made anew on the same volume; a Patroni that hangs does not hear the request and is ended after the grace period',
            causedBy: [],
          },
        ];
      }),
    ),
  remedy: () => [],
});
