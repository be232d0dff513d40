import { fact } from '../facts.ts';
import { measureId, type JudgeMeasure } from '../measure.ts';

/** Where PgBouncer makes everybody wait after a boot: the profile is another command's to set. */
export const poolerProfileMeasure: JudgeMeasure = (inventory) => {
  const { poolers, poolerProfile } = inventory.stack;
  if (poolerProfile?.name === 'quick') return [];
  return poolers.map(({ namespace, name }) => {
    const object = { kind: 'Deployment', namespace, name };
    return {
      id: measureId('pooler-profile', object),
      name: 'pooler-profile',
      object,
      what: 'PgBouncer tries again after one second and forgets a failed name look-up after one second.',
      why:
        'After one failed login PgBouncer turns everybody away for server_login_retry, and it remembers a failed look-up of the database’s name for dns_nxdomain_ttl ' +
        '(15 s each by its own default): at boot it asks before the DNS answers. In our measurements quick recovered in 0.0 to 0.9 s, the profile patience in up to 60 s.',
      evidence: [fact(inventory, object, 'spec.pooler.profile', poolerProfile?.name ?? 'not named')],
      change: { by: 'hand', todo: 'rekindle pooler profile set quick' },
      undo: 'rekindle pooler profile set previous',
      cannot: ['How long it lasts depends on who runs PgBouncer; that command says so.'],
    } as const;
  });
};
