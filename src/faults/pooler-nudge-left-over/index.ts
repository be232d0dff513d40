import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';
import { poolerRef } from '../pooler-findings.ts';

/** A nudge was cut off between its SET and its RELOAD: with 0 in force each refused client starts a login attempt. */
export const poolerNudgeLeftOver = defineFault({
  id: 'pooler-nudge-left-over',
  layer: 'pooler',
  title: 'A nudge was not finished',
  check: (observation) =>
    (seen(observation.poolers) ?? []).flatMap((pooler) => {
      if (pooler.login.result !== 'ok' || seen(pooler.config)?.['server_login_retry'] !== '0') return [];
      return [
        {
          fault: 'pooler-nudge-left-over',
          layer: 'pooler' as const,
          object: poolerRef(pooler),
          claim: `${pooler.pod} still runs with server_login_retry = 0, which only an unfinished nudge leaves behind.`,
          kind: 'broken' as const,
          evidence: [
            { object: pooler.pod, field: 'SHOW CONFIG server_login_retry', value: '0', at: observation.at },
          ],
          causedBy: [],
        },
      ];
    }),
  remedy: (finding, observation) => [
    {
      step: 'nudge-pooler',
      target: finding.object,
      risk: 'safe',
      because: finding.fault,
      reason: "RELOAD puts the file's values back and drops no client.",
      provenBy: 'SHOW CONFIG shows the value of the file',
      undo: 'none needed',
      evidenceAt: observation.at,
      parameters: { only: 'reload' },
    },
  ],
});
