import { seen } from '../../domain/looked.ts';
import { refText } from '../../domain/object-ref.ts';
import type { Observation, PoolerFacts } from '../../domain/observation.ts';
import { sameSetting } from '../../domain/pooler-settings.ts';
import { dateTime } from '../../domain/time-stamp.ts';
import type { PastAction } from '../../plan/history.ts';
import { defineFault, type CheckContext } from '../define-fault.ts';
import { poolerRef } from '../pooler-findings.ts';

const key = 'server_login_retry';

/** Whether the stack file itself asks for 0. */
function isWanted({ stack }: CheckContext): boolean {
  const wanted = stack.poolerProfile?.settings[key];
  return wanted !== undefined && sameSetting(wanted, '0');
}

/**
 * The newest nudge of this process, when it is not known to have come to its RELOAD; undefined: none is. Without one a 0 is
 * what the pooler's own file, or a person, wants. A process that has started since has its values from the file.
 */
function cutOff(
  pooler: PoolerFacts,
  observation: Observation,
  { past = [] }: CheckContext,
): PastAction | undefined {
  const target = refText(poolerRef(pooler));
  const last = past.findLast(
    (action) => action.step === 'nudge-pooler' && action.target === target && action.untouched !== true,
  );
  if (last === undefined || last.acted === 'done') return undefined;
  const pod = seen(observation.pods)?.find(({ uid }) => uid === pooler.podUid);
  const hasStartedSince = pod?.containers.every(({ startedAt = 0 }) => startedAt > last.intendedAt);
  return hasStartedSince === true ? undefined : last;
}

/** A nudge was cut off between its SET and its RELOAD: with 0 in force each refused client starts a login attempt. */
export const poolerNudgeLeftOver = defineFault({
  id: 'pooler-nudge-left-over',
  layer: 'pooler',
  title: 'A nudge was not finished',
  check: (observation, context) => {
    if (isWanted(context)) return [];
    return (seen(observation.poolers) ?? []).flatMap((pooler) => {
      if (pooler.login.result !== 'ok' || seen(pooler.config)?.[key] !== '0') return [];
      const nudge = cutOff(pooler, observation, context);
      if (nudge === undefined) return [];
      return [
        {
          fault: 'pooler-nudge-left-over',
          layer: 'pooler' as const,
          object: poolerRef(pooler),
          claim: `${pooler.pod} still runs with ${key} = 0, which an unfinished nudge has left behind.`,
          kind: 'broken' as const,
          evidence: [
            { object: pooler.pod, field: `SHOW CONFIG ${key}`, value: '0', at: observation.at },
            {
              object: 'journal',
              field: `${nudge.step} of ${dateTime(nudge.intendedAt)}`,
              value: nudge.detail ?? 'how it ended is not known',
              at: nudge.intendedAt,
            },
          ],
          causedBy: [],
        },
      ];
    });
  },
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
