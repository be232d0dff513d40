import { databaseBehind } from '../../domain/database-behind.ts';
import { couldNotLook, type Looked } from '../../domain/looked.ts';
import type { FailedLookup } from '../../domain/failed-lookups.ts';
import { dnsAnswers } from '../../domain/dns-answers.ts';
import { takesWrites } from '../../domain/takes-writes.ts';
import type { DatabaseFacts, DnsFacts, PodFacts, PoolerFacts } from '../../domain/observation.ts';
import type { DatabaseComponent, PoolerComponent } from '../../domain/stack.ts';
import type { DatabaseError, Login } from '../../ports/database.ts';
import type { ObserveContext } from '../context.ts';
import { look } from '../look.ts';
import { hasLabels } from '../../domain/pod-selection.ts';
import { appLogin, keptSecret } from '../app-login.ts';

/** Deadline of one login or console command, ms; PgBouncer answers a refusal at once, a queued client waits longer. */
const deadlineMs = 3000;

/**
 * Login to PgBouncer's admin console (virtual database `pgbouncer`) on one pod. The console is reached whatever
 * the state of the servers behind it, because its users come from the auth_file.
 */
export async function consoleLogin(
  context: Pick<ObserveContext, 'reader' | 'kept'>,
  pooler: PoolerComponent,
  pod: string,
): Promise<Login> {
  const [user, password] = await Promise.all([
    keptSecret(context, pooler.role.user),
    keptSecret(context, pooler.role.password),
  ]);
  const target = { namespace: pooler.namespace, pod, port: pooler.port };
  return { user, password, database: 'pgbouncer', stream: () => context.reader.tunnel(target) };
}

/** Logs the app's user in through one PgBouncer process and asks the database behind it for one value. */
export async function loginThroughPooler(
  context: Pick<ObserveContext, 'reader' | 'sql' | 'kept'>,
  database: DatabaseComponent,
  pooler: PoolerComponent,
  pod: string,
): Promise<PoolerFacts['login']> {
  const login = await appLogin(context, database, { pod, port: pooler.port });
  const result = await context.sql.query(login, ['SELECT 1'], deadlineMs);
  if (result.ok) return { result: 'ok' };
  return { result: isRefusal(result.error) ? 'refused' : 'unreachable', message: result.error.message };
}

/** A refusal comes from PgBouncer itself and carries an SQLSTATE; without one the connection failed. */
function isRefusal(error: DatabaseError): boolean {
  return error.code !== undefined && /^[0-9A-Z]{5}$/.test(error.code);
}

/** What asking one PgBouncer's console takes. */
type Asking = Pick<ObserveContext, 'reader' | 'sql' | 'kept'>;

async function consoleRows(context: Asking, pooler: PoolerComponent, pod: string, command: string) {
  const login = await consoleLogin(context, pooler, pod);
  const result = await context.sql.query(login, [command], deadlineMs);
  if (!result.ok) throw new Error(result.error.message);
  return result.rows;
}

/**
 * What one PgBouncer process remembers of failed lookups, asked now. Only the database's own Service counts: a name that never
 * existed is somebody else's fault and harms nobody here.
 */
export async function failedLookups(
  context: Asking,
  { pooler, pod, database }: Pick<PoolerTarget, 'pooler' | 'pod' | 'database'>,
): Promise<readonly FailedLookup[]> {
  const rows = await consoleRows(context, pooler, pod.name, 'SHOW DNS_HOSTS');
  const isOurs = (host: string | null = null) => host?.split('.', 1)[0] === database?.cluster;
  return rows
    .filter((row) => (row['addrs'] ?? '') === '' && isOurs(row['hostname']))
    .map((row) => ({ host: row['hostname'] ?? '', ttlSeconds: Number(row['ttl']) }));
}

async function config(context: ObserveContext, pooler: PoolerComponent, pod: string) {
  const rows = await consoleRows(context, pooler, pod, 'SHOW CONFIG');
  return Object.fromEntries(rows.map((row) => [row['key'] ?? '', row['value'] ?? '']));
}

/** Tries PgBouncer's own role on the primary itself: separates a wrong password from a ban and from a network fault. */
async function ownRole(
  context: ObserveContext,
  pooler: PoolerComponent,
  database: DatabaseFacts,
): Promise<'accepted' | 'rejected'> {
  const pod = database.primary.looked ? database.primary.value.pod : '';
  const [user, password] = await Promise.all([
    keptSecret(context, pooler.role.user),
    keptSecret(context, pooler.role.password),
  ]);
  const target = { namespace: database.namespace, pod, port: 5432 };
  const login = { user, password, database: pooler.database, stream: () => context.reader.tunnel(target) };
  const result = await context.sql.query(login, ['SELECT 1'], deadlineMs);
  if (result.ok) return 'accepted';
  // 28P01 invalid_password. 28000 says that the role may not log in, or not from here (pg_hba.conf), whatever its password is
  // (PostgreSQL, Appendix A; src/backend/libpq/auth.c, auth_failed and ClientAuthentication; utils/init/miscinit.c).
  if (result.error.code === '28P01') return 'rejected';
  throw new Error(result.error.message);
}

/** Whether the Secret holds a user and a password that could be right. */
async function secretState(
  { reader }: Pick<ObserveContext, 'reader'>,
  { role }: PoolerComponent,
): Promise<'usable' | 'missing' | 'empty' | 'line-break'> {
  const values = await Promise.all([reader.secret(role.user), reader.secret(role.password)]);
  if (values.some((value) => value === undefined)) return 'missing';
  if (values.some((value) => value === '')) return 'empty';
  return values.some((value) => /[\r\n]$/.test(value ?? '')) ? 'line-break' : 'usable';
}

interface PoolerTarget {
  readonly pooler: PoolerComponent;
  readonly pod: PodFacts;
  readonly database: DatabaseComponent | undefined;
  readonly facts: DatabaseFacts | undefined;
  readonly dns: DnsFacts | undefined;
}

/** Why this process is not asked at all; undefined when it is. */
function silence({ pod, database, dns }: PoolerTarget): string | undefined {
  if (database === undefined) return 'which database of this stack is behind it is not known';
  if (!dnsAnswers(dns)) return 'the cluster DNS does not answer yet';
  return pod.containers.every((container) => container.state === 'running') ? undefined : 'not running';
}

/** A login before the primary takes writes fails, and that failure would itself start a ban. */
function notWritable({ facts }: PoolerTarget): string | undefined {
  return takesWrites(facts) ? undefined : 'no primary takes writes yet';
}

/** What PgBouncer remembers changes with its next attempt; asking costs a tunnel and a login, ms. */
const lookupsMs = 1500;

interface ProcessAnswer {
  readonly login: PoolerFacts['login'];
  readonly lookups: PoolerFacts['failedLookups'];
}

/**
 * First whether it remembers a failed lookup: the console answers whatever the state of the servers behind it, and a
 * login would only wait in its queue until the deadline. Then a login, unless a lower layer holds it.
 */
async function askProcess(context: ObserveContext, target: PoolerTarget): Promise<ProcessAnswer> {
  const { pooler, pod, database } = target;
  const from = `admin console of ${pod.name}`;
  const notAsked = (message: string): ProcessAnswer => ({
    login: { result: 'not-asked', message },
    lookups: couldNotLook(message, from, context.clock.now()),
  });
  const silent = silence(target);
  if (silent !== undefined || database === undefined) return notAsked(silent ?? '');
  const key = `pooler ${pod.uid} ${pod.containers[0]?.startedAt ?? 0}`;
  return context.kept.ask(
    key,
    3000,
    async () => {
      const lookups = await context.kept.ask(
        `${key} lookups`,
        lookupsMs,
        () => context.late.ask(`${key} lookups`, from, () => failedLookups(context, target)),
        (answer) => answer.looked,
      );
      const hold =
        lookups.looked && lookups.value.length > 0 ? 'it remembers a failed DNS lookup' : notWritable(target);
      if (hold !== undefined) return { login: { result: 'not-asked', message: hold }, lookups };
      const answer = await context.late.ask(`${key} login`, `login through ${pod.name}`, () =>
        loginThroughPooler(context, database, pooler, pod.name),
      );
      return {
        login: answer.looked ? answer.value : { result: 'unreachable', message: answer.why },
        lookups,
      };
    },
    (answer) => answer.login.result === 'ok',
  );
}

async function collectOne(context: ObserveContext, target: PoolerTarget): Promise<PoolerFacts> {
  const { pooler, pod } = target;
  const from = `admin console of ${pod.name}`;
  const notAsked = <T>(): Looked<T> => couldNotLook<T>('not asked', from, context.clock.now());
  const { facts } = target;
  const { login, lookups } = await askProcess(context, target);
  const refused = login.result === 'refused' || login.result === 'unreachable';
  const [secret, role, settings] = await Promise.all([
    refused
      ? look(context.clock, `Secret of ${pooler.name}`, () => secretState(context, pooler))
      : notAsked<never>(),
    refused && facts?.primary.looked === true
      ? look(context.clock, `login of the pooler's role on ${facts.primary.value.pod}`, () =>
          ownRole(context, pooler, facts),
        )
      : notAsked<never>(),
    login.result === 'not-asked'
      ? notAsked<Readonly<Record<string, string>>>()
      : context.kept.ask(
          `config ${pod.uid} ${pod.containers[0]?.startedAt ?? 0}`,
          10_000,
          () => look(context.clock, from, () => config(context, pooler, pod.name)),
          (answer) => answer.looked,
        ),
  ]);
  return {
    namespace: pooler.namespace,
    pooler: pooler.name,
    ...(target.database !== undefined && { cluster: target.database.cluster }),
    pod: pod.name,
    podUid: pod.uid,
    login,
    failedLookups: lookups,
    secret,
    ownRole: role,
    config: settings,
  };
}

/** Every PgBouncer process of the stack, asked one by one, and only what the layers below it allow. */
export function collectPoolers(
  context: ObserveContext,
  pods: readonly PodFacts[],
  databases: readonly DatabaseFacts[],
  dns: DnsFacts | undefined,
): Promise<readonly PoolerFacts[]> {
  const targets = context.stack.poolers.flatMap((pooler) => {
    const database = databaseBehind(pooler, context.stack);
    const facts = databases.find(
      (entry) => entry.namespace === database?.namespace && entry.cluster === database.cluster,
    );
    return pods
      .filter((pod) => hasLabels(pod, pooler.podLabels) && !pod.deleting)
      .map((pod): PoolerTarget => ({ pooler, pod, database, facts, dns }));
  });
  return Promise.all(targets.map((target) => collectOne(context, target)));
}
