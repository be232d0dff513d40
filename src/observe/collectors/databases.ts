import { z } from 'zod';

import { couldNotLook, type Looked } from '../../domain/looked.ts';
import type { DatabaseFacts, DatabaseMember, PodFacts, PrimaryFacts } from '../../domain/observation.ts';
import type { DatabaseComponent } from '../../domain/stack.ts';
import { appLogin } from '../app-login.ts';
import type { ObserveContext } from '../context.ts';
import { hasLabels } from '../../domain/pod-selection.ts';
import { oneLine } from '../look.ts';
import { patroniAnnotations } from '../patroni-object.ts';
import { withLoops } from './patroni-loops.ts';

/** Patroni writes this JSON into each member pod's annotation `status` (patroni/dcs/kubernetes.py). */
const patroniStatus = z.object({
  role: z.string().optional(),
  state: z.string().optional(),
  timeline: z.number().optional(),
  xlog_location: z.number().optional(),
});

/** The annotation's value; undefined when there is none, or when it is no JSON: anybody may write an annotation. */
function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberFacts(pod: PodFacts): DatabaseMember {
  const text = pod.annotations['status'];
  const parsed = patroniStatus.safeParse(jsonOf(text));
  if (!parsed.success) return { pod: pod.name };
  const { role, state, timeline, xlog_location: xlog } = parsed.data;
  return {
    pod: pod.name,
    ...(role !== undefined && { role }),
    ...(state !== undefined && { state }),
    ...(timeline !== undefined && { timeline }),
    ...(xlog !== undefined && { xlog }),
  };
}

/** A server that takes writes answers within milliseconds; one that is starting is better asked again, ms. */
const sqlDeadlineMs = 1500;

/** What every role may ask a server about itself. */
const primaryQuestion = `SELECT pg_is_in_recovery() AS in_recovery,
  CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_lsn() END AS wal_position,
  current_setting('synchronous_standby_names') AS synchronous_standby_names`;

type Refusal = NonNullable<DatabaseFacts['refusal']>;

/**
 * Whether a server that works says no: the login is wrong or not allowed (class 28), the database is not there (3D000), or the
 * role may not connect to it (42501). One that is starting has other codes (57P03; PostgreSQL, Appendix A).
 */
function isRefusal(code: string): boolean {
  return code.startsWith('28') || code === '3D000' || code === '42501';
}

async function askPrimary(
  context: ObserveContext,
  database: DatabaseComponent,
  pod: string,
): Promise<PrimaryFacts | Refusal> {
  const login = await appLogin(context, database, { pod, port: 5432 });
  const result = await context.sql.query(login, [primaryQuestion], sqlDeadlineMs);
  if (!result.ok) {
    const { code = '', message } = result.error;
    if (isRefusal(code)) return { pod, code, message: oneLine(message) };
    throw new Error(message);
  }
  const { in_recovery, wal_position, synchronous_standby_names } = result.rows[0] ?? {};
  return {
    pod,
    inRecovery: in_recovery === 't',
    ...(typeof wal_position === 'string' && { walPosition: wal_position }),
    ...(typeof synchronous_standby_names === 'string' && {
      synchronousStandbyNames: synchronous_standby_names,
    }),
  };
}

const hasLeader = (lock: Readonly<Record<string, string>> | undefined) => lock?.['leader'] !== undefined;

/** The lock moves by an election, which takes seconds, ms. */
const leaderMs = 1500;

async function leaderOf({ reader, kept }: ObserveContext, database: DatabaseComponent) {
  const key = `lock of ${database.namespace}/${database.cluster}`;
  const read = () => patroniAnnotations(reader, database, 'leader');
  const annotations = (await kept.ask(key, leaderMs, read, hasLeader)) ?? {};
  const renewed = annotations['renewTime'];
  const acquired = annotations['acquireTime'];
  return {
    ...(annotations['leader'] !== undefined && { leader: annotations['leader'] }),
    ...(renewed !== undefined && { leaderRenewedAt: Date.parse(renewed) }),
    ...(acquired !== undefined && { leaderSince: Date.parse(acquired) }),
  };
}

/** Patroni's record of who has every acknowledged write; undefined without synchronous mode. */
async function syncOf(
  { reader }: ObserveContext,
  database: DatabaseComponent,
): Promise<DatabaseFacts['sync']> {
  const annotations = await patroniAnnotations(reader, database, 'sync');
  if (annotations === undefined) return undefined;
  const { leader, sync_standby: standbys = '' } = annotations;
  return {
    ...(leader !== undefined && leader !== '' && { leader }),
    standbys: standbys.split(',').filter((name) => name !== ''),
  };
}

/** A server that lets nobody ask has shown nothing. */
function asPrimary(answer: Looked<PrimaryFacts | Refusal>): Looked<PrimaryFacts> {
  if (!answer.looked) return answer;
  const { value, from, at } = answer;
  return 'code' in value ? couldNotLook(value.message, from, at) : { ...answer, value };
}

/** A primary that was seen to take writes goes on to for a while. */
function isGood(answer: Looked<PrimaryFacts | Refusal>): boolean {
  return answer.looked && !('code' in answer.value) && !answer.value.inRecovery;
}

async function collectOne(
  context: ObserveContext,
  database: DatabaseComponent,
  pods: readonly PodFacts[],
): Promise<DatabaseFacts> {
  const members = pods.filter((pod) => hasLabels(pod, database.memberLabels));
  const lock = await leaderOf(context, database);
  const holder = members.find((pod) => pod.name === lock.leader);
  const from = `SQL on ${lock.leader ?? 'the leader'}`;
  let primary: Looked<PrimaryFacts>;
  let refusal: Refusal | undefined;
  let sync: DatabaseFacts['sync'];
  if (holder === undefined || !holder.containers.some((container) => container.state === 'running')) {
    const why =
      lock.leader === undefined
        ? 'nobody holds the leader lock'
        : `${lock.leader} holds the lock and does not run`;
    primary = couldNotLook(why, from, context.clock.now());
    sync = await syncOf(context, database);
  } else {
    const key = `primary ${holder.uid} ${holder.containers[0]?.startedAt ?? 0}`;
    const answer = await context.kept.ask(
      key,
      3000,
      () => context.late.ask(key, from, () => askPrimary(context, database, holder.name)),
      isGood,
    );
    refusal = answer.looked && 'code' in answer.value ? answer.value : undefined;
    primary = asPrimary(answer);
  }
  return {
    namespace: database.namespace,
    cluster: database.cluster,
    members: await withLoops(context, members.map(memberFacts), members),
    primary,
    ...(refusal && { refusal }),
    replication: couldNotLook('no primary takes writes', 'not asked', context.clock.now()),
    ...lock,
    ...(sync && { sync }),
  };
}

/** Patroni clusters: who holds the lock, and whether that pod takes writes when asked by SQL (not by its conditions). */
export function collectDatabases(
  context: ObserveContext,
  pods: readonly PodFacts[],
): Promise<readonly DatabaseFacts[]> {
  return Promise.all(context.stack.databases.map((database) => collectOne(context, database, pods)));
}
