import type { PoolerComponent, SecretKeyRef } from '../../domain/stack.ts';
import { defineFault } from '../define-fault.ts';
import { loginEvidence, refusingPoolers } from '../pooler-findings.ts';

const problems = {
  missing: 'is missing or has no such key',
  empty: 'holds an empty value',
  'line-break': 'holds a value that ends with a line break, which no client sends',
} as const;

function putBack({ user, password }: PoolerComponent['role']): string {
  return (
    `Put the Secret back: keys ${user.key} and ${password.key} of the role that PgBouncer logs in with ` +
    '(a backup has them). Then run `rekindle up` again: it brings the role in line with the Secret.'
  );
}

function giveRight({ namespace, name }: SecretKeyRef): string {
  return `Let this user read Secret ${name} in namespace ${namespace} (deploy/rbac/rekindle.yaml has the rights). Then run \`rekindle up\` again.`;
}

/**
 * PgBouncer turns clients away, and the Secret that its own login comes from cannot be used. Setting the role's password
 * to what is in there would lock everybody out for good, so nothing is changed.
 */
export const poolerSecretUnusable = defineFault({
  id: 'pooler-secret-unusable',
  layer: 'pooler',
  title: "The Secret of PgBouncer's own login cannot be used",
  check: (observation, { stack }) =>
    refusingPoolers(observation)
      .flatMap((facts) => {
        const { secret, namespace } = facts;
        const role = stack.poolers.find(({ name }) => name === facts.pooler)?.role;
        if (role === undefined || (secret.looked && secret.value === 'usable')) return [];
        const ref = role.password;
        const problem = secret.looked
          ? problems[secret.value as keyof typeof problems]
          : `cannot be read: ${secret.why}`;
        // A look that failed once says nothing about the Secret; one that this user may not make fails for ever.
        const isKnown = secret.looked || secret.isForbidden === true;
        return [
          {
            fault: 'pooler-secret-unusable',
            layer: 'pooler' as const,
            object: { kind: 'Secret', namespace, name: ref.name },
            claim: `Secret ${ref.name}, with which ${facts.pooler} logs in to the database, ${problem}.`,
            kind: isKnown ? ('broken' as const) : ('unknown' as const),
            evidence: [
              ...loginEvidence(observation, facts),
              {
                object: `Secret ${ref.namespace}/${ref.name}`,
                field: ref.key,
                value: secret.looked ? secret.value : secret.why,
                at: secret.at,
              },
            ],
            ...(isKnown && { byHand: secret.looked ? putBack(role) : giveRight(ref) }),
            causedBy: [],
          },
        ];
      })
      .slice(0, 1),
  remedy: () => [],
});
