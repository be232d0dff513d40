import { seen } from '../../domain/looked.ts';
import { isSettled } from '../database-settled.ts';
import { defineFault } from '../define-fault.ts';

/**
 * Patroni is to keep replication synchronous, and the primary waits for nobody. Without `synchronous_mode_strict` Patroni does
 * that by itself when no standby is left that it could wait for (patroni.readthedocs.io, Replication modes): the shop goes on,
 * and whoever relies on two copies of each order must be told.
 */
export const synchronousReplicationOff = defineFault({
  id: 'synchronous-replication-off',
  layer: 'database',
  title: 'Synchronous replication is wanted and not in force',
  check: (observation) =>
    (seen(observation.databases) ?? []).flatMap((database) => {
      const { namespace, cluster, replication } = database;
      const primary = seen(database.primary);
      const facts = seen(replication);
      if (
        primary === undefined ||
        facts === undefined ||
        !facts.wantsSynchronous ||
        facts.synchronousStandbyNames !== ''
      )
        return [];
      if (!isSettled(database, primary.pod, observation)) return [];
      return [
        {
          fault: 'synchronous-replication-off',
          layer: 'database' as const,
          object: { kind: 'postgresql', namespace, name: cluster },
          claim: `${cluster} is to replicate synchronously, and ${primary.pod} waits for no standby: what is acknowledged now is on one disk only.`,
          kind: 'notice' as const,
          evidence: [
            {
              object: `Endpoints ${namespace}/${cluster}-config`,
              field: 'synchronous_mode',
              value: 'on',
              at: replication.at,
            },
            {
              object: `Pod ${namespace}/${primary.pod}`,
              field: 'synchronous_standby_names',
              value: "''",
              at: database.primary.at,
            },
          ],
          against:
            'The leader has led for a minute: Patroni names a standby within a loop of 10 s once one streams.',
          byHand: `kubectl -n ${namespace} exec -it ${primary.pod} -- patronictl list   # which member should be the Sync Standby, and its state`,
          causedBy: [],
        },
      ];
    }),
  remedy: () => [],
});
