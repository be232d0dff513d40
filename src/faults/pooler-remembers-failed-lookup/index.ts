import { seen } from '../../domain/looked.ts';
import { dnsAnswers } from '../../domain/dns-answers.ts';
import { rememberedFor, worthRestartingSeconds } from '../../domain/failed-lookups.ts';
import { defineFault } from '../define-fault.ts';
import { loginEvidence, poolerRef } from '../pooler-findings.ts';

/**
 * PgBouncer asked before the cluster DNS answered and remembers the failure for `dns_nxdomain_ttl` (default 15 s,
 * pgbouncer.org/config.html). No console command clears it; `SHOW DNS_HOSTS` shows it.
 */
export const poolerRemembersFailedLookup = defineFault({
  id: 'pooler-remembers-failed-lookup',
  layer: 'pooler',
  title: 'PgBouncer remembers a failed DNS lookup',
  check: (observation) => {
    if (!dnsAnswers(seen(observation.dns))) return [];
    return (seen(observation.poolers) ?? []).flatMap((pooler) => {
      const lookups = seen(pooler.failedLookups) ?? [];
      const seconds = rememberedFor(lookups);
      if (seconds === 0) return [];
      return [
        {
          fault: 'pooler-remembers-failed-lookup',
          layer: 'pooler' as const,
          object: poolerRef(pooler),
          claim: `${pooler.pod} will not look up its server for another ${seconds} s.`,
          kind: seconds >= worthRestartingSeconds ? ('broken' as const) : ('settling' as const),
          evidence: [
            ...loginEvidence(observation, pooler),
            ...lookups.map((entry) => ({
              object: pooler.pod,
              field: 'SHOW DNS_HOSTS',
              value: `${entry.host}: no address, ttl ${entry.ttlSeconds} s`,
              at: observation.at,
            })),
          ],
          against: 'The cluster DNS answers now, so a new lookup would succeed.',
          causedBy: ['dns-silent', 'network-policy-blocks'],
        },
      ];
    });
  },
  remedy: (finding, observation) => [
    {
      step: 'restart-pooler',
      target: finding.object,
      risk: 'disruptive',
      because: finding.fault,
      reason: 'It turns every client away and only a new process forgets the failed lookup; a nudge cannot.',
      provenBy: "the app's user logs in through a new process",
      undo: 'none needed: its Deployment makes the same pod again',
      evidenceAt: observation.at,
      parameters: {
        owner: seen(observation.pods)?.find((pod) => pod.uid === finding.object.uid)?.owner?.name ?? '',
      },
    },
  ],
});
