import type { DatabaseFacts } from '../../domain/observation.ts';
import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';

function claim(database: DatabaseFacts): string | undefined {
  if (!database.primary.looked)
    return `${database.cluster} has no primary that answers: ${database.primary.why}.`;
  return database.primary.value.inRecovery
    ? `${database.primary.value.pod} holds the leader lock of ${database.cluster} and is still in recovery.`
    : undefined;
}

/** No member of a Patroni cluster takes writes. Patroni decides who leads; Rekindle waits and never promotes. */
export const primaryMissing = defineFault({
  id: 'primary-missing',
  layer: 'database',
  title: 'No database primary takes writes',
  check: (observation) =>
    (seen(observation.databases) ?? []).flatMap((database) => {
      const sentence = claim(database);
      if (sentence === undefined) return [];
      return [
        {
          fault: 'primary-missing',
          layer: 'database' as const,
          object: { kind: 'postgresql', namespace: database.namespace, name: database.cluster },
          claim: sentence,
          kind: 'settling' as const,
          evidence: [
            {
              object: `Endpoints ${database.namespace}/${database.cluster}`,
              field: 'annotation leader',
              value: database.leader ?? 'none',
              at: observation.at,
            },
            ...database.members.map((member) => ({
              object: `Pod ${database.namespace}/${member.pod}`,
              field: 'annotation status',
              value: `${member.role ?? '?'} ${member.state ?? '?'} timeline ${member.timeline ?? '?'}`,
              at: observation.at,
            })),
          ],
          causedBy: [],
        },
      ];
    }),
  remedy: () => [],
});
