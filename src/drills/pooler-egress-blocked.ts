import { defineDrill } from './define-drill.ts';
import {
  blockEgress,
  egressPolicy,
  manifestIn,
  openEgress,
  removeOpeningPolicies,
  turnedAway,
} from './egress-policy.ts';
import { waitFor } from './wait-for.ts';

/** The seed's outage: a policy that was added while the pods ran bites after the restart, and nobody can log in. */
export const poolerEgressBlocked = defineDrill({
  id: 'pooler-egress-blocked',
  title: 'A NetworkPolicy that was added while the pods ran cuts PgBouncer off after the power comes back',
  inject: async (lab) => {
    await lab.enforceNetworkPolicies(true);
    await blockEgress(lab);
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true });
    return { cut: cut.mode, engineStartedAt: boot.startedAt, facts: { policy: egressPolicy } };
  },
  proof: async (lab, { engineStartedAt = 0 }) => {
    const evidence = await waitFor('a client that PgBouncer turns away', 180, () =>
      turnedAway(lab, engineStartedAt),
    );
    return { proven: true, evidence };
  },
  expectedFindings: ['network-policy-blocks'],
  follow: async (lab, { byHand }) => {
    await lab.kubectl(['apply', '-f', '-'], manifestIn(byHand));
  },
  undo: async (lab) => {
    await openEgress(lab);
    await removeOpeningPolicies(lab);
    await lab.enforceNetworkPolicies(false);
  },
});
