import { setTimeout as sleep } from 'node:timers/promises';

import { databasePods, sql } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

/** Orders of this long are acknowledged from memory alone. The kernel writes old pages back after 30 s, so it is less. */
const unsyncedMs = 6000;

async function onEveryMember(lab: DrillLab, statement: string): Promise<string> {
  const pods = await databasePods(lab);
  const answers = await Promise.all(
    pods.map(async (pod) => `${pod} ${(await sql(lab, pod, statement)).split('\n').at(-1)}`),
  );
  return answers.join(', ');
}

/**
 * Positive control of the power loss: with fsync off, PostgreSQL acknowledges what is only in memory, so the cut
 * must lose acknowledged orders and the ledger must say so. Orders have to be written while it is injected.
 */
export const fsyncOff = defineDrill({
  id: 'fsync-off',
  title: 'PostgreSQL does not wait for its disk, and the power goes',
  inject: async (lab) => {
    await onEveryMember(lab, 'alter system set fsync = off;\nselect pg_reload_conf()');
    const settings = await waitFor('fsync off on every member', 20, async () => {
      const shown = await onEveryMember(lab, 'show fsync');
      return shown.includes(' on') ? undefined : shown;
    });
    await sleep(unsyncedMs);
    await lab.cut('power-loss');
    const boot = await lab.boot();
    return { cut: 'power-loss', engineStartedAt: boot.startedAt, facts: { settings } };
  },
  proof: (_lab, { facts }) => {
    const settings = facts['settings'] ?? '';
    return Promise.resolve({ proven: settings.includes(' off'), evidence: `fsync: ${settings}` });
  },
  expectedFindings: [],
  undo: async (lab) => {
    await onEveryMember(lab, 'alter system reset fsync;\nselect pg_reload_conf()');
  },
});
