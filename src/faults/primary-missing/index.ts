import type { DatabaseFacts } from '../../domain/observation.ts';
import type { Stack } from '../../domain/stack.ts';
import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';

function claim(database: DatabaseFacts): string | undefined {
  const { refusal } = database;
  if (refusal !== undefined)
    return `${refusal.pod}, which leads ${database.cluster}, answers and does not let the app in: ${refusal.message}.`;
  if (!database.primary.looked)
    return `${database.cluster} has no primary that answers: ${database.primary.why}.`;
  return database.primary.value.inRecovery
    ? `${database.primary.value.pod} holds the leader lock of ${database.cluster} and is still in recovery.`
    : undefined;
}

/** What a person does when the server works and says no to the app: neither it nor a pooler gets in by waiting. */
function byHand({ namespace, cluster, refusal }: DatabaseFacts, { databases }: Stack): string | undefined {
  if (refusal === undefined) return undefined;
  const app = databases.find((entry) => entry.namespace === namespace && entry.cluster === cluster)?.app;
  const psql = `kubectl -n ${namespace} exec -it ${refusal.pod} -- psql -U postgres`;
  return refusal.code === '28P01'
    ? `The app's Secret ${app?.password.name ?? ''} and the role in the database have different passwords. To give the role that of the Secret: ${psql}   # then: \\password and the name of the role`
    : `Look which roles may log in and which databases there are; the app wants ${app?.database ?? 'its own'}: ${psql} -c '\\du' -c '\\l'`;
}

/** No member of a Patroni cluster takes writes. Patroni decides who leads; Rekindle waits and never promotes. */
export const primaryMissing = defineFault({
  id: 'primary-missing',
  layer: 'database',
  title: 'No database primary takes writes',
  check: (observation, { stack }) =>
    (seen(observation.databases) ?? []).flatMap((database) => {
      const sentence = claim(database);
      if (sentence === undefined) return [];
      const task = byHand(database, stack);
      return [
        {
          fault: 'primary-missing',
          layer: 'database' as const,
          object: { kind: 'postgresql', namespace: database.namespace, name: database.cluster },
          claim: sentence,
          kind: task === undefined ? ('settling' as const) : ('broken' as const),
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
          ...(task !== undefined && { byHand: task }),
          causedBy: [],
        },
      ];
    }),
  remedy: () => [],
});
