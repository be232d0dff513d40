import { refreshStack } from '../../app/refresh-stack.ts';
import { dataKeepers, type DataKeeper } from '../../backup/data-keepers.ts';
import { databasesOf } from '../../backup/database-parts.ts';
import { serversToRead, type ServersToRead } from '../../backup/postgres/choose-server.ts';
import { redisServers, type NamedRedis } from '../../backup/redis-part.ts';
import type { Looked } from '../../domain/looked.ts';
import { ExplainedError } from '../../record/explained-error.ts';
import type { Session } from '../session.ts';
import { databasePass } from './database-pass.ts';

/** The operator's and Spilo's superuser, where the stack names no other. */
const usualSuperuser = 'postgres';

/** Whatever can be backed up, and what can prove a backup. */
export interface Servers {
  /** By the name of the database cluster; every one that the stack has. */
  readonly databases: ReadonlyMap<string, ServersToRead>;
  readonly redis: readonly NamedRedis[];
  /** Every workload that keeps data, also those that cannot be read. */
  readonly keepers: readonly DataKeeper[];
}

/** It is not known what the stack has, so a backup might lack it without a word; another look may do better. */
export class StackNotSeen extends ExplainedError {
  override readonly name = 'StackNotSeen';
}

function notSeen(what: string, cause: string, place: string): StackNotSeen {
  return new StackNotSeen({
    what,
    cause,
    place,
    next: 'Run it again in a moment; if it stays so, bring the stack back first: rekindle up',
  });
}

/** What was seen. Throws StackNotSeen: what could not be looked at is not absent. */
function lookedAt<T>(looked: Looked<T>, what: string): T {
  if (looked.looked) return looked.value;
  throw notSeen(`${what} of the stack could not be looked at`, looked.why, looked.from);
}

/** Discovers the stack anew: one that is only known from an earlier run may have got another database since. */
async function knownStack(session: Session): Promise<Session['context']['stack']> {
  const { context, source, log } = session;
  const now = context.clock.monotonic();
  await refreshStack(session, log);
  if (!source.known || source.due(now))
    throw notSeen(
      'It is not known what the stack has',
      source.known ? 'only an earlier run could discover it' : 'it could not be discovered',
      context.stack.cluster.context,
    );
  return context.stack;
}

/**
 * The servers of the stack that may be read, from a fresh look. Throws StackNotSeen where something could not be looked at, and
 * NoServerToRead for a database that nobody leads.
 */
export async function readableServers(session: Session): Promise<Servers> {
  const stack = await knownStack(session);
  const { observation } = await databasePass(session);
  const pods = lookedAt(observation.pods, 'The pods');
  const workloads = lookedAt(observation.workloads, 'The workloads');
  const seenDatabases = lookedAt(observation.databases, 'The databases');
  const databases = new Map<string, ServersToRead>();
  for (const { cluster, superuser } of stack.databases) {
    const facts = seenDatabases.find((entry) => entry.cluster === cluster);
    if (facts === undefined)
      throw notSeen(`${cluster} was not looked at`, 'it is a database of the stack', stack.name);
    const name = superuser === undefined ? undefined : await session.context.reader.secret(superuser.user);
    databases.set(cluster, serversToRead(facts, pods, name ?? usualSuperuser));
  }
  const redis = redisServers(stack.components, workloads, pods);
  return { databases, redis, keepers: dataKeepers(stack, redis) };
}

/** Names of the databases of a cluster. */
export function databaseNames(
  { programs, context }: Session,
  servers: ServersToRead,
): Promise<readonly string[]> {
  return databasesOf({ programs, clock: context.clock, say: () => undefined }, servers);
}
