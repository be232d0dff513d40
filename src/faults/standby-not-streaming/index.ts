import { bytesText } from '../../domain/bytes-text.ts';
import type { Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { DatabaseFacts, DatabaseMember, Observation } from '../../domain/observation.ts';
import { isSettled } from '../database-settled.ts';
import { defineFault } from '../define-fault.ts';

function claim(
  { cluster, replication }: DatabaseFacts,
  leader: string,
  { pod, standby }: DatabaseMember,
): string | undefined {
  const facts = standby === undefined ? undefined : seen(standby);
  if (facts === undefined) return undefined;
  const { receives, behindBytes } = facts;
  if (!receives) {
    const lacks = behindBytes > 0 ? ` and lacks ${bytesText(behindBytes)} of it already` : '';
    return `${pod} receives nothing from ${leader}${lacks}: ${cluster} has one copy less than it seems.`;
  }
  // As Patroni decides who may lead (`maximum_lag_on_failover`).
  return behindBytes > (seen(replication)?.maximumLagBytes ?? Number.POSITIVE_INFINITY)
    ? `${pod} is ${bytesText(behindBytes)} behind ${leader}: Patroni would not let it lead ${cluster}.`
    : undefined;
}

function judge(database: DatabaseFacts, member: DatabaseMember, observation: Observation): Finding[] {
  const { namespace, primary } = database;
  const leader = seen(primary);
  // A Patroni that hangs follows nobody, and is told as such.
  const hangs = member.loop !== undefined && seen(member.loop) === 'stands-still';
  if (leader === undefined || member.standby?.looked !== true || hangs) return [];
  const sentence = claim(database, leader.pod, member);
  if (sentence === undefined || !isSettled(database, member.pod, observation)) return [];
  const { value, from, at } = member.standby;
  const object = `Pod ${namespace}/${member.pod}`;
  return [
    {
      fault: 'standby-not-streaming',
      layer: 'database',
      object: { kind: 'Pod', namespace, name: member.pod },
      claim: sentence,
      kind: 'notice',
      evidence: [
        { object, field: `rows of pg_stat_wal_receiver (${from})`, value: value.receives ? '1' : '0', at },
        { object, field: 'bytes of WAL behind, at least', value: String(value.behindBytes), at },
      ],
      against:
        'Pod and leader have been at work for a minute: a standby that only lost its connection tries every 5 s.',
      byHand: `kubectl -n ${namespace} exec -it ${member.pod} -- patronictl list   # what Patroni thinks of each member; its log says why`,
      causedBy: [],
    },
  ];
}

/**
 * A standby that is ready, answers questions, and follows nobody or only from afar. The shop works; what it has lost is the
 * second copy. Nothing is done about it: making a copy anew begins with deleting the old one, which is a person's decision.
 */
export const standbyNotStreaming = defineFault({
  id: 'standby-not-streaming',
  layer: 'database',
  title: 'A standby does not receive what the primary writes',
  check: (observation) =>
    (seen(observation.databases) ?? []).flatMap((database) =>
      database.members.flatMap((member) => judge(database, member, observation)),
    ),
  remedy: () => [],
});
