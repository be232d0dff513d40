import { stringify } from 'yaml';

import { shopKubectl } from './database.ts';
import { defineDrill } from './define-drill.ts';
import { shop } from './shop.ts';
import { waitFor } from './wait-for.ts';

const name = 'pooler-reaches-dns-only';

/** What was added while the pods ran: PgBouncer may look names up and do nothing else. */
const policy = stringify({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: shop.namespace },
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

/** The seed's outage: a policy that was added while the pods ran bites after the restart, and nobody can log in. */
export const poolerEgressBlocked = defineDrill({
  id: 'pooler-egress-blocked',
  title: 'A NetworkPolicy that was added while the pods ran cuts PgBouncer off after the power comes back',
  inject: async (lab) => {
    await lab.enforceNetworkPolicies(true);
    await shopKubectl(lab, ['apply', '-f', '-'], policy);
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true });
    return { cut: cut.mode, engineStartedAt: boot.startedAt, facts: { policy: name } };
  },
  proof: async (lab, { engineStartedAt = 0 }) => {
    const since = `--since-time=${new Date(engineStartedAt).toISOString()}`;
    const args = ['logs', '-l', shop.poolerLabels, since, '--tail=-1'];
    const evidence = await waitFor('a client that PgBouncer turns away', 180, async () => {
      const lines = (await shopKubectl(lab, args)).split('\n');
      return lines.find((line) => line.includes('server login has been failing'));
    });
    return { proven: true, evidence };
  },
  expectedFindings: ['network-policy-blocks'],
  undo: async (lab) => {
    await shopKubectl(lab, ['delete', 'networkpolicy', name, '--ignore-not-found']);
  },
});
