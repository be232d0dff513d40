import { databasePods, primaryPod, shopKubectl, sql, streamingStandbys } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

async function standbys(lab: DrillLab): Promise<readonly string[]> {
  const primary = await primaryPod(lab);
  return (await databasePods(lab)).filter((pod) => pod !== primary);
}

/** Overrides what Patroni writes: `postgresql.auto.conf` is read last. Nothing listens on that port. */
const cutOff = "ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1'";

/** PostgreSQL takes another `primary_conninfo` at a reload and then ends its WAL receiver (since version 13). */
async function alter(lab: DrillLab, pod: string, statement: string): Promise<void> {
  await sql(lab, pod, statement);
  await sql(lab, pod, 'SELECT pg_reload_conf()');
}

/** Cuts off standbys one by one, or gives them their primary back. */
export async function cutStandbysOff(lab: DrillLab, pods: readonly string[], off = true): Promise<void> {
  for (const pod of pods) await alter(lab, pod, off ? cutOff : 'ALTER SYSTEM RESET primary_conninfo');
}

/** Standbys stay ready and answer questions, and receive nothing: the shop works and has lost its second copy. */
export const standbyCutOff = defineDrill({
  id: 'standby-cut-off',
  title: 'The standbys receive nothing from the primary',
  inject: async (lab) => {
    const pods = await standbys(lab);
    await cutStandbysOff(lab, pods);
    return { cut: 'none', facts: { pods: pods.join(',') } };
  },
  proof: async (lab) => {
    const evidence = await waitFor('the standbys to stop streaming', 60, async () => {
      const { streaming } = await streamingStandbys(lab);
      return streaming === 0 ? 'no row of pg_stat_replication streams' : undefined;
    });
    await shopKubectl(lab, [
      'wait',
      '--for=condition=ready',
      'pod',
      '-l',
      'application=spilo',
      '--timeout=30s',
    ]);
    return { proven: true, evidence };
  },
  expectedFindings: ['standby-not-streaming', 'synchronous-replication-off'],
  undo: async (lab, { facts }) => {
    await cutStandbysOff(lab, (facts['pods'] ?? '').split(','), false);
  },
});
