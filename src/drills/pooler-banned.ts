import { primaryPod, sql } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { blockEgress, openEgress, turnedAway } from './egress-policy.ts';
import { shop } from './shop.ts';
import { waitFor } from './wait-for.ts';

/** Ends every connection that PgBouncer has to the orders' database; new ones are its own to make. */
const endConnections = `select count(pg_terminate_backend(pid)) from pg_stat_activity
  where datname = '${shop.ordersDatabase}' and pid <> pg_backend_pid() and backend_type = 'client backend'`;

async function openTheWay(lab: DrillLab): Promise<void> {
  await openEgress(lab);
  await lab.enforceNetworkPolicies(false);
}

/**
 * PgBouncer could not reach its database for a moment, and then turns everybody away for `server_login_retry` (the
 * example's profile: 60 s) although the way is open again. A policy that comes and goes makes the moment.
 */
export const poolerBanned = defineDrill({
  id: 'pooler-banned',
  title: 'PgBouncer turns everybody away for server_login_retry seconds after one failed login',
  inject: async (lab) => {
    const at = Date.now();
    await lab.enforceNetworkPolicies(true);
    try {
      await blockEgress(lab);
      // The rules come within a second or two; until then PgBouncer connects anew each time.
      await waitFor('a pooler that cannot log in', 60, async () => {
        await sql(lab, await primaryPod(lab), endConnections, shop.ordersDatabase);
        return turnedAway(lab, at);
      });
    } finally {
      await openTheWay(lab);
    }
    return { cut: 'none', facts: { openedAt: String(Date.now()) } };
  },
  proof: async (lab, { facts }) => {
    const evidence = await waitFor('a client that is turned away although the way is open', 30, () =>
      turnedAway(lab, Number(facts['openedAt'])),
    );
    return { proven: true, evidence };
  },
  expectedFindings: ['pooler-refuses-logins'],
  undo: openTheWay,
});
