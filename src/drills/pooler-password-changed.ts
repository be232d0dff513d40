import { randomBytes } from 'node:crypto';

import { literal, primaryPod, shopKubectl, sql } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { shop } from './shop.ts';
import { waitFor } from './wait-for.ts';

async function setPassword(lab: DrillLab, password: string): Promise<void> {
  const role = `alter role ${shop.poolerRole} password ${literal(password)}`;
  await sql(lab, await primaryPod(lab), role);
}

/** Lines of the poolers' logs in which PostgreSQL refuses the pooler's own login. */
async function refusedLogins(lab: DrillLab, since: string): Promise<readonly string[]> {
  const args = ['logs', '-l', shop.poolerLabels, `--since-time=${since}`, '--tail=-1'];
  const log = await shopKubectl(lab, args);
  return log.split('\n').filter((line) => line.includes('password authentication failed'));
}

/** The pooler's role got another password in PostgreSQL; the Secret and the poolers know only the old one. */
export const poolerPasswordChanged = defineDrill({
  id: 'pooler-password-changed',
  title: "The pooler role's password was changed in PostgreSQL",
  inject: async (lab) => {
    const at = new Date().toISOString();
    await setPassword(lab, randomBytes(18).toString('base64url'));
    // Logins that are open stay open: only new poolers must log in again.
    await shopKubectl(lab, ['delete', 'pod', '-l', shop.poolerLabels, '--wait=true']);
    const ready = ['wait', '--for=condition=Ready', 'pod', '--timeout=60s'];
    await shopKubectl(lab, [...ready, '-l', shop.poolerLabels]);
    return { cut: 'none', facts: { at } };
  },
  proof: async (lab, { facts }) => {
    const since = facts['at'] ?? '';
    const lines = await waitFor('a refused login in the pooler log', 60, async () => {
      const refused = await refusedLogins(lab, since);
      return refused.length > 0 ? refused : undefined;
    });
    return { proven: true, evidence: lines[0] ?? '' };
  },
  expectedFindings: ['pooler-role-rejected'],
  undo: async (lab) => {
    const path = 'jsonpath={.data.password}';
    const secret = await shopKubectl(lab, ['get', 'secret', shop.poolerSecret, '-o', path]);
    await setPassword(lab, Buffer.from(secret.trim(), 'base64').toString('utf8'));
  },
});
