import { databasePods, sql } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';

async function onEveryMember(lab: DrillLab, change: string): Promise<void> {
  for (const pod of await databasePods(lab)) {
    await sql(lab, pod, change);
    await sql(lab, pod, 'select pg_reload_conf()');
  }
}

/**
 * Positive control of the power loss: with fsync off, PostgreSQL acknowledges what is only in memory, so the cut
 * that follows must lose acknowledged orders. It may also ruin the database, hence a lab of its own. `inject` only
 * prepares; the orders must be written after it and the cut made by the caller.
 */
export const fsyncOff = defineDrill({
  id: 'fsync-off',
  title: 'PostgreSQL does not wait for its disk',
  inject: async (lab) => {
    await onEveryMember(lab, 'alter system set fsync = off');
    return { cut: 'none', facts: {} };
  },
  proof: async (lab) => {
    const pods = await databasePods(lab);
    const values = await Promise.all(pods.map((pod) => sql(lab, pod, 'show fsync')));
    return {
      proven: pods.length > 0 && values.every((value) => value === 'off'),
      evidence: pods.map((pod, index) => `${pod} fsync ${values[index]}`).join(', '),
    };
  },
  expectedFindings: [],
  undo: (lab) => onEveryMember(lab, 'alter system reset fsync'),
});
