import type { Finding } from '../domain/finding.ts';
import { seen } from '../domain/looked.ts';
import type { DatabaseFacts, Observation, PoolerFacts } from '../domain/observation.ts';
import type { ObjectRef } from '../domain/object-ref.ts';

/** Poolers that turn the app's user away although a primary takes writes and DNS answers (else they are not asked). */
export function refusingPoolers(observation: Observation): readonly PoolerFacts[] {
  return (seen(observation.poolers) ?? []).filter((pooler) => pooler.login.result === 'refused');
}

/** The pooler's pod as a target; the uid makes sure that an action never meets a successor of the same name. */
export function poolerRef(pooler: PoolerFacts): ObjectRef {
  return { kind: 'Pod', namespace: pooler.namespace, name: pooler.pod, uid: pooler.podUid };
}

/** What was seen of the primary that the pooler leads to. */
export function primaryBehind(
  observation: Observation,
  pooler: PoolerFacts,
): DatabaseFacts['primary'] | undefined {
  return seen(observation.databases)?.find(
    ({ namespace, cluster }) =>
      namespace === pooler.namespace && (pooler.cluster === undefined || cluster === pooler.cluster),
  )?.primary;
}

/** Evidence that every pooler finding shares: what the app's user was told, and that the primary takes writes. */
export function loginEvidence(observation: Observation, pooler: PoolerFacts): Finding['evidence'] {
  const message = pooler.login.result === 'ok' ? 'ok' : pooler.login.message;
  const primary = primaryBehind(observation, pooler);
  return [
    {
      object: `Pod ${pooler.namespace}/${pooler.pod}`,
      field: "login of the app's user",
      value: message,
      at: observation.at,
    },
    ...(primary?.looked === true
      ? [
          {
            object: `Pod ${pooler.namespace}/${primary.value.pod}`,
            field: 'pg_is_in_recovery()',
            value: String(primary.value.inRecovery),
            at: primary.at,
          },
        ]
      : []),
  ];
}
