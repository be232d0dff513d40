import { stringify } from 'yaml';

import { shopKubectl } from './database.ts';
import type { DrillLab } from './define-drill.ts';
import { shop } from './shop.ts';

/** Name of the policy that cuts PgBouncer off from everything but the DNS. */
export const egressPolicy = 'pooler-reaches-dns-only';

/** What was added while the pods ran: PgBouncer may look names up and do nothing else. */
const policy = stringify({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: egressPolicy, namespace: shop.namespace },
  spec: {
    podSelector: { matchLabels: { application: 'db-connection-pooler' } },
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  },
});

/** Adds the policy; established connections go on. */
export async function blockEgress(lab: DrillLab): Promise<void> {
  await shopKubectl(lab, ['apply', '-f', '-'], policy);
}

/** Takes the policy away; harmless when it is not there. */
export async function openEgress(lab: DrillLab): Promise<void> {
  await shopKubectl(lab, ['delete', 'networkpolicy', egressPolicy, '--ignore-not-found']);
}

/** The manifest inside a command `kubectl apply -f - <<'EOF'`. Throws when the text is no such command. */
export function manifestIn(command: string): string {
  const manifest = /^kubectl apply -f - <<'EOF'\n(.*)EOF$/s.exec(command)?.[1];
  if (manifest === undefined) throw new Error(`no manifest is in this command: ${command}`);
  return manifest;
}

/** Takes away the policies that let PgBouncer through again, which a person has applied. */
export async function removeOpeningPolicies(lab: DrillLab): Promise<void> {
  const names = await shopKubectl(lab, ['get', 'networkpolicies', '-o', 'name']);
  const opening = names.split('\n').filter((name) => name.includes('/allow-'));
  if (opening.length > 0) await shopKubectl(lab, ['delete', ...opening]);
}

/** The first line since then in which a pooler turns a client away because its own login fails; undefined: none yet. */
export async function turnedAway(lab: DrillLab, since: number): Promise<string | undefined> {
  const from = `--since-time=${new Date(since).toISOString()}`;
  const log = await shopKubectl(lab, ['logs', '-l', shop.poolerLabels, from, '--tail=-1']);
  return log.split('\n').find((line) => line.includes('server login has been failing'));
}
