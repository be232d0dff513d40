import { databaseBehind } from '../../domain/database-behind.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { DatabaseComponent, PoolerComponent } from '../../domain/stack.ts';
import type { Login } from '../../ports/database.ts';
import { requiredSecret } from '../../observe/app-login.ts';
import { patroniAnnotations } from '../../observe/patroni-object.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { scramVerifier } from './scram-verifier.ts';

/** Deadline of the statements on the primary, ms; a synchronous standby may have to confirm. */
const sqlMs = 8000;

function parts(
  planned: PlannedStep,
  { stack }: ActContext,
): { pooler: PoolerComponent; database: DatabaseComponent } {
  const pooler = stack.poolers.find((entry) => entry.name === planned.parameters['pooler']);
  const database = pooler && databaseBehind(pooler, stack);
  if (pooler === undefined || database === undefined)
    throw new Error('the pooler or its database is not in the stack');
  return { pooler, database };
}

async function leaderPod(context: ActContext, database: DatabaseComponent): Promise<string> {
  const leader = (await patroniAnnotations(context.reader, database, 'leader'))?.['leader'];
  if (leader === undefined) throw new Error(`nobody holds the leader lock of ${database.cluster}`);
  return leader;
}

async function superuserLogin(context: ActContext, database: DatabaseComponent): Promise<Login> {
  const { superuser } = database;
  const { reader } = context;
  if (superuser === undefined) throw new Error(`the superuser Secret of ${database.cluster} is not known`);
  const pod = await leaderPod(context, database);
  const [user, password] = await Promise.all([
    requiredSecret(reader, superuser.user),
    requiredSecret(reader, superuser.password),
  ]);
  const target = { namespace: database.namespace, pod, port: 5432 };
  return { user, password, database: 'postgres', stream: () => context.reader.tunnel(target) };
}

/** Identifier and literal as PostgreSQL quotes them; the name comes from a Secret and may hold anything. */
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Sets the pooler role's password to the Secret's value, on the member that Patroni's lock and
 * pg_is_in_recovery() both name. Only a SCRAM verifier is sent, so the password itself never reaches the
 * server's log; an empty Secret stops before any SQL.
 */
export const syncPoolerCredentials = defineStep({
  name: 'sync-pooler-credentials',
  proofMs: 10_000,
  precondition: async (planned, context) => {
    const { pooler, database } = parts(planned, context);
    const password = await requiredSecret(context.reader, pooler.role.password);
    if (/[\r\n]$/.test(password))
      return 'the Secret ends with a line break: it would never match what clients send';
    const login = await superuserLogin(context, database);
    const result = await context.sql.query(login, ['SELECT pg_is_in_recovery() AS in_recovery'], sqlMs);
    if (!result.ok) throw new Error(result.error.message);
    return result.rows[0]?.['in_recovery'] === 'f' ? undefined : 'the holder of the lock is in recovery';
  },
  run: async (planned, context) => {
    const { pooler, database } = parts(planned, context);
    // What is in the Secret this moment counts, not what was read for a login a while ago.
    const { reader } = context;
    const role = await requiredSecret(reader, pooler.role.user);
    const verifier = scramVerifier(await requiredSecret(reader, pooler.role.password));
    const login = await superuserLogin(context, database);
    const statement = `ALTER ROLE ${identifier(role)} PASSWORD '${verifier}'`;
    const result = await context.sql.query(login, ["SET log_statement = 'none'", statement], sqlMs);
    if (!result.ok) throw new Error(result.error.message);
    return `ALTER ROLE ${role} PASSWORD (verifier of the Secret's value) on ${database.cluster}`;
  },
  probe: async (planned, context) => {
    const { pooler, database } = parts(planned, context);
    const [user, password, pod] = await Promise.all([
      requiredSecret(context.reader, pooler.role.user),
      requiredSecret(context.reader, pooler.role.password),
      leaderPod(context, database),
    ]);
    const target = { namespace: database.namespace, pod, port: 5432 };
    const login = { user, password, database: pooler.database, stream: () => context.reader.tunnel(target) };
    const result = await context.sql.query(login, ['SELECT 1'], sqlMs);
    return answer(context, result.ok, result.ok ? 'the primary accepts the password' : result.error.message);
  },
});
