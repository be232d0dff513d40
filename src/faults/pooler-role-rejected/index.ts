import type { PoolerFacts } from '../../domain/observation.ts';
import type { SecretKeyRef, Stack } from '../../domain/stack.ts';
import { defineFault } from '../define-fault.ts';
import { loginEvidence, primaryBehind, refusingPoolers } from '../pooler-findings.ts';

/** Secrets of the Zalando operator are called `<user>.<cluster>.credentials...`, and it sets the role's password to what is in them. */
function isOperators({ name }: SecretKeyRef): boolean {
  return /\.credentials(?:\.|$)/.test(name);
}

/** Where the password of a pooler comes from. */
function secretOf(name: string, { poolers }: Stack): SecretKeyRef | undefined {
  return poolers.find((entry) => entry.name === name)?.role.password;
}

/**
 * What a person does about a Secret of their own. The app, or the server itself, may log in as the same role with another Secret,
 * and would be locked out by a password that is set for this one.
 */
function byHand({ namespace, pooler }: PoolerFacts, secret: SecretKeyRef, primary: string): string {
  return [
    `The operator did not make Secret ${secret.name}, so it may be the one that is wrong, and others may log in as the same role.`,
    `If the Secret is wrong: put the role's password into it (key ${secret.key}), then kubectl -n ${namespace} rollout restart deployment/${pooler}`,
    `If the role is: kubectl -n ${namespace} exec -it ${primary} -- psql -U postgres   # then: \\password ROLE`,
  ].join('\n');
}

/**
 * PostgreSQL rejects the password that PgBouncer logs in with: role and Secret have drifted apart (lab baseline,
 * fault 1; zalando/postgres-operator#2104). Proven by trying the Secret's password on the primary itself.
 */
export const poolerRoleRejected = defineFault({
  id: 'pooler-role-rejected',
  layer: 'pooler',
  title: "The database rejects the pooler's password",
  check: (observation, { stack }) =>
    refusingPoolers(observation)
      .flatMap((pooler) => {
        if (!pooler.ownRole.looked || pooler.ownRole.value !== 'rejected') return [];
        const secret = secretOf(pooler.pooler, stack);
        const primary = primaryBehind(observation, pooler);
        const pod = primary?.looked === true ? primary.value.pod : 'POD';
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
            ...(secret !== undefined && !isOperators(secret) && { byHand: byHand(pooler, secret, pod) }),
            causedBy: ['pooler-secret-unusable'],
          },
        ];
      })
      .slice(0, 1),
  remedy: (finding, observation, { stack }) => {
    const secret = secretOf(finding.object.name, stack);
    if (secret === undefined || !isOperators(secret)) return [];
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
        parameters: { pooler: finding.object.name },
      },
    ];
  },
});
