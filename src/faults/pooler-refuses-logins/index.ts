import { rememberedFor } from '../../domain/failed-lookups.ts';
import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';
import { loginEvidence, poolerRef, refusingPoolers } from '../pooler-findings.ts';

/**
 * PgBouncer turns clients away although the primary takes writes: after one failed login it makes no attempt for
 * `server_login_retry` seconds (pgbouncer.org/config.html). Lifted by the nudge without dropping a client.
 */
export const poolerRefusesLogins = defineFault({
  id: 'pooler-refuses-logins',
  layer: 'pooler',
  title: 'PgBouncer turns clients away after a failed login',
  check: (observation) =>
    refusingPoolers(observation).flatMap((pooler) => {
      if (rememberedFor(seen(pooler.failedLookups) ?? []) > 0) return [];
      if (pooler.ownRole.looked && pooler.ownRole.value === 'rejected') return [];
      return [
        {
          fault: 'pooler-refuses-logins',
          layer: 'pooler' as const,
          object: poolerRef(pooler),
          claim: `${pooler.pod} turns the app's user away although the primary takes writes.`,
          kind: 'broken' as const,
          evidence: loginEvidence(observation, pooler),
          against: pooler.ownRole.looked
            ? "The primary accepts the pooler's own password, so it is no credential fault."
            : `Whether the primary accepts the pooler's own password could not be asked: ${pooler.ownRole.why}.`,
          causedBy: ['primary-missing', 'network-policy-blocks', 'pooler-secret-unusable'],
        },
      ];
    }),
  remedy: (finding, observation) => [
    {
      step: 'nudge-pooler',
      target: finding.object,
      risk: 'safe',
      because: finding.fault,
      reason: 'SET server_login_retry=0, RECONNECT and later RELOAD end the ban at once and drop no client.',
      provenBy: "the app's user logs in through this process, twice",
      undo: "RELOAD in the admin console puts the file's values back (the step ends with it)",
      evidenceAt: observation.at,
      parameters: {},
    },
  ],
});
