import { defineFault } from '../define-fault.ts';
import { loginEvidence, refusingPoolers } from '../pooler-findings.ts';

const problems = {
  missing: 'is missing or has no such key',
  empty: 'holds an empty value',
  'line-break': 'holds a value that ends with a line break, which no client sends',
} as const;

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
        return [
          {
            fault: 'pooler-secret-unusable',
            layer: 'pooler' as const,
            object: { kind: 'Secret', namespace, name: ref.name },
            claim: `Secret ${ref.name}, with which ${facts.pooler} logs in to the database, ${problem}.`,
            kind: 'broken' as const,
            evidence: [
              ...loginEvidence(observation, facts),
              {
                object: `Secret ${ref.namespace}/${ref.name}`,
                field: ref.key,
                value: secret.looked ? secret.value : secret.why,
                at: secret.at,
              },
            ],
            byHand:
              `Put the Secret back: keys ${role.user.key} and ${ref.key} of the role that PgBouncer logs in with ` +
              '(a backup has them). Then run `rekindle up` again: it brings the role in line with the Secret.',
            causedBy: [],
          },
        ];
      })
      .slice(0, 1),
  remedy: () => [],
});
