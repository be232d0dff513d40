import { defineFault } from '../define-fault.ts';
import { loginEvidence, refusingPoolers } from '../pooler-findings.ts';

/**
 * PostgreSQL rejects the password that PgBouncer logs in with: role and Secret have drifted apart (lab baseline,
 * fault 1; zalando/postgres-operator#2104). Proven by trying the Secret's password on the primary itself.
 */
export const poolerRoleRejected = defineFault({
  id: 'pooler-role-rejected',
  layer: 'pooler',
  title: "The database rejects the pooler's password",
  check: (observation) =>
    refusingPoolers(observation)
      .flatMap((pooler) => {
        if (!pooler.ownRole.looked || pooler.ownRole.value !== 'rejected') return [];
        return [
          {
            fault: 'pooler-role-rejected',
            layer: 'pooler' as const,
            object: { kind: 'Role', namespace: pooler.namespace, name: pooler.pooler },
            claim: `PostgreSQL rejects the password that the Secret of ${pooler.pooler} holds.`,
            kind: 'broken' as const,
            evidence: [
              ...loginEvidence(observation, pooler),
              {
                object: pooler.ownRole.from,
                field: 'answer',
                value: 'password rejected',
                at: pooler.ownRole.at,
              },
            ],
            against: 'A ban alone would let the same password in on the primary.',
            causedBy: ['pooler-secret-unusable'],
          },
        ];
      })
      .slice(0, 1),
  remedy: (finding, observation, { stack }) => {
    const pooler = stack.poolers.find((entry) => entry.name === finding.object.name);
    if (pooler === undefined) return [];
    return [
      {
        step: 'sync-pooler-credentials',
        target: finding.object,
        risk: 'disruptive',
        because: finding.fault,
        reason:
          "The role's password is set to the Secret's value on the primary; nobody can log in through the pooler now.",
        provenBy: "the Secret's password is accepted on the primary",
        undo: 'none needed: the Secret is the source of truth of the operator',
        evidenceAt: observation.at,
        parameters: { pooler: pooler.name },
      },
    ];
  },
});
