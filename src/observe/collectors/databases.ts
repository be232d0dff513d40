import { z } from 'zod';

import { couldNotLook, type Looked } from '../../domain/looked.ts';
import type { DatabaseFacts, DatabaseMember, PodFacts } from '../../domain/observation.ts';
import type { DatabaseComponent, SecretKeyRef } from '../../domain/stack.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import type { Login } from '../../ports/database.ts';
import type { ObserveContext } from '../context.ts';
import { hasLabels } from '../../domain/pod-selection.ts';
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

/** A password changes rarely, and every login needs four values: asked each time they were a third of all requests, ms. */
const secretMs = 20_000;

/** Reads a Secret's value now or fails with its name: an empty password must never reach a login. */
export async function requiredSecret(
  reader: Pick<ClusterReader, 'secret'>,
  ref: SecretKeyRef,
): Promise<string> {
  const value = await reader.secret(ref);
  if (value === undefined || value === '')
    throw new Error(`Secret ${ref.namespace}/${ref.name} has no value for ${ref.key}`);
  return value;
}

/** The same for a look, for which a value that was read a short time ago will do. */
export function keptSecret(
  { reader, kept }: Pick<ObserveContext, 'reader' | 'kept'>,
  ref: SecretKeyRef,
): Promise<string> {
  const key = `Secret ${ref.namespace}/${ref.name} ${ref.key}`;
  return kept.ask(
    key,
    secretMs,
    () => requiredSecret(reader, ref),
    () => true,
  );
}

/** The app's own login on one pod of the database, through a tunnel to that pod. */
export async function appLogin(
  context: Pick<ObserveContext, 'reader' | 'kept'>,
  database: DatabaseComponent,
  target: { pod: string; port: number },
): Promise<Login> {
  const [user, password] = await Promise.all([
    keptSecret(context, database.app.user),
    keptSecret(context, database.app.password),
  ]);
  const tunnel = { namespace: database.namespace, ...target };
  return { user, password, database: database.app.database, stream: () => context.reader.tunnel(tunnel) };
}

/** A server that takes writes answers within milliseconds; one that is starting is better asked again, ms. */
const sqlDeadlineMs = 1500;

async function askPrimary(
  context: ObserveContext,
  database: DatabaseComponent,
  pod: string,
): Promise<boolean> {
  const login = await appLogin(context, database, { pod, port: 5432 });
  const result = await context.sql.query(login, ['SELECT pg_is_in_recovery() AS in_recovery'], sqlDeadlineMs);
  if (!result.ok) throw new Error(result.error.message);
  return result.rows[0]?.['in_recovery'] === 't';
}

const hasLeader = (object: KubeObject | undefined) => object?.metadata.annotations?.['leader'] !== undefined;

/** The lock moves by an election, which takes seconds, ms. */
const leaderMs = 1500;

async function leaderOf({ reader, kept }: ObserveContext, database: DatabaseComponent) {
  const path = `/api/v1/namespaces/${database.namespace}/endpoints/${database.cluster}`;
  const object = await kept.ask(path, leaderMs, () => reader.get(path), hasLeader);
  const annotations = object?.metadata.annotations ?? {};
  const renewed = annotations['renewTime'];
  return {
    ...(annotations['leader'] !== undefined && { leader: annotations['leader'] }),
    ...(renewed !== undefined && { leaderRenewedAt: Date.parse(renewed) }),
  };
}

/** Patroni's record of who has every acknowledged write; undefined without synchronous mode. */
async function syncOf(context: ObserveContext, database: DatabaseComponent): Promise<DatabaseFacts['sync']> {
  const path = `/api/v1/namespaces/${database.namespace}/endpoints/${database.cluster}-sync`;
  const annotations = (await context.reader.get(path))?.metadata.annotations;
  if (annotations === undefined) return undefined;
  const { leader, sync_standby: standbys = '' } = annotations;
  return {
    ...(leader !== undefined && leader !== '' && { leader }),
    standbys: standbys.split(',').filter((name) => name !== ''),
  };
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
  let primary: Looked<{ pod: string; inRecovery: boolean }>;
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
    primary = await context.kept.ask(
      key,
      3000,
      () =>
        context.late.ask(key, from, async () => ({
          pod: holder.name,
          inRecovery: await askPrimary(context, database, holder.name),
        })),
      (answer) => answer.looked && !answer.value.inRecovery,
    );
  }
  return {
    namespace: database.namespace,
    cluster: database.cluster,
    members: await withLoops(context, members.map(memberFacts), members),
    primary,
    replication: couldNotLook('not asked', from, context.clock.now()),
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
