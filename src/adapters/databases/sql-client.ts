import type { Duplex } from 'node:stream';
import { Client, type QueryArrayResult } from 'pg';
import type { Login, QueryResult, SqlClient } from '../../ports/database.ts';
import { orAborted, withDeadline } from '../deadline.ts';
import { causeText, errorCode } from '../../record/explained-error.ts';
import { asPgStream, negotiateTls } from './pg-stream.ts';

type Row = Readonly<Record<string, string | null>>;

/** Time for the server to close after our goodbye, ms; after that the connection is cut. */
const goodbyeMs = 250;

/**
 * SQL by `pg` over streams of the caller's making. Statements are sent as plain text: PgBouncer's admin console
 * refuses the extended protocol and then closes the connection. Password, options and the rest of libpq's
 * environment (PGPASSWORD, PGOPTIONS, PGSSLMODE) are never looked at.
 */
export const sqlClient: SqlClient = {
  async query(login, statements, deadlineMs) {
    const opened: Duplex[] = [];
    try {
      const rows = await withDeadline(deadlineMs, (signal) => converse(login, statements, opened, signal));
      return { ok: true, rows };
    } catch (error) {
      return failure(error);
    } finally {
      for (const stream of opened) stream.destroy();
    }
  },
};

async function converse(
  login: Login,
  statements: readonly string[],
  opened: Duplex[],
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const stream = await openStream(login, signal);
  // Errors after the last use have no other listener and would end the process.
  stream.on('error', () => undefined);
  opened.push(stream);
  const secured = await orAborted(negotiateTls(stream), signal);
  secured.on('error', () => undefined);
  if (secured !== stream) opened.unshift(secured);
  const client = newClient(login, secured);
  // Without a listener pg's `error` event ends the process; each waiting call rejects with the same error anyway.
  client.on('error', () => undefined);
  await orAborted(client.connect(), signal);
  try {
    let rows: readonly Row[] = [];
    for (const statement of statements) rows = await orAborted(run(client, statement), signal);
    return rows;
  } finally {
    if (!signal.aborted) await goodbye(client);
  }
}

/** Opens the stream; one that comes too late is destroyed, for nobody would ever do it. */
async function openStream(login: Login, signal: AbortSignal): Promise<Duplex> {
  const opening = login.stream();
  try {
    return await orAborted(opening, signal);
  } catch (error) {
    opening.then(
      (late) => late.destroy(),
      () => undefined,
    );
    throw error;
  }
}

function newClient(login: Login, stream: Duplex): Client {
  const client = new Client({
    user: login.user,
    database: login.database,
    // A function, because pg replaces an empty string by PGPASSWORD and, failing that, asks ~/.pgpass.
    password: () => login.password,
    host: 'tunnel',
    port: 5432,
    ssl: false,
    application_name: 'rekindle',
    stream: () => asPgStream(stream),
    types: { getTypeParser: () => (text: string) => text },
  });
  // pg takes these from the environment when they are not set; PgBouncer refuses a login with unknown options.
  Object.assign((client as unknown as { connectionParameters: object }).connectionParameters, {
    options: undefined,
    replication: undefined,
  });
  return client;
}

async function run(client: Client, statement: string): Promise<readonly Row[]> {
  // A text with several commands gives one result for each.
  const answer: unknown = await client.query(statement);
  const last = Array.isArray(answer) ? (answer as readonly QueryArrayResult[]).at(-1) : answer;
  return (last as { readonly rows: readonly Row[] }).rows;
}

/** Says goodbye, so that the server's log has no aborted connection. The answer is in: nothing here may change it. */
async function goodbye(client: Client): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = setTimeout(resolve, goodbyeMs);
  client.end().then(resolve, resolve);
  await promise;
  clearTimeout(late);
}

function failure(error: unknown): QueryResult {
  const code = errorCode(error);
  const message = causeText(error);
  // Only the server's errors have a severity; the code of others (ECONNRESET) is no SQLSTATE.
  const isServer = typeof error === 'object' && error !== null && 'severity' in error;
  return { ok: false, error: isServer && code !== undefined ? { code, message } : { message } };
}
