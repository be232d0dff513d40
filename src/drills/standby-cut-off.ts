import { databaseLabels, primaryPod, shopKubectl, sql, streamingStandbys } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

/** The role as which the operator's standbys ask for WAL (postgres-operator, `replication_username`). */
const role = 'standby';

/**
 * Lets the standbys ask the primary for WAL, or takes that right from them and ends what they receive by. Their own
 * `primary_conninfo` is nothing to break for longer than a loop: Patroni compares it with what it wants and writes it again
 * (patroni/postgresql/config.py, check_recovery_conf). It does not look at what the role may.
 */
async function letReplicate(lab: DrillLab, may: boolean): Promise<void> {
  const primary = await primaryPod(lab);
  await sql(lab, primary, `ALTER ROLE ${role} ${may ? '' : 'NO'}REPLICATION`);
  if (!may) await sql(lab, primary, 'SELECT pg_terminate_backend(pid) FROM pg_stat_replication');
}

/** Standbys stay ready and answer questions, and receive nothing: the shop works and has lost its second copy. */
export const standbyCutOff = defineDrill({
  id: 'standby-cut-off',
  title: 'The standbys receive nothing from the primary',
  inject: async (lab) => {
    await letReplicate(lab, false);
    return { cut: 'none', facts: { role } };
  },
  proof: async (lab) => {
    const evidence = await waitFor('the standbys to stop streaming', 60, async () => {
      const { streaming } = await streamingStandbys(lab);
      return streaming === 0 ? 'no row of pg_stat_replication streams' : undefined;
    });
    await shopKubectl(lab, ['wait', '--for=condition=ready', 'pod', '-l', databaseLabels, '--timeout=30s']);
    return { proven: true, evidence };
  },
  expectedFindings: ['standby-not-streaming', 'synchronous-replication-off'],
  undo: (lab) => letReplicate(lab, true),
});
