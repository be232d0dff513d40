import { z } from 'zod';

import type { Clock } from '../../ports/clock.ts';
import type { PodPrograms } from '../../ports/pod-programs.ts';
import { ExplainedError } from '../../record/explained-error.ts';
import type { DatabaseDetails } from '../manifest.ts';
import { ProgramFailed, withInput } from '../program-output.ts';
import { differences } from './compare-contents.ts';
import { contentsOf } from './contents.ts';
import { propertiesOf } from './database-properties.ts';
import { dumpedProperties, giveDumpedProperties } from './dumped-properties.ts';
import {
  identifier,
  literal,
  maintenanceDatabase,
  programOf,
  PsqlSession,
  type ServerInPod,
} from './psql-session.ts';
import { schemaDigest } from './snapshot.ts';

/** A restore that was not begun, because it could not end well. */
export class RestoreRefused extends ExplainedError {
  override readonly name = 'RestoreRefused';
}

/** Longest name of a database, bytes (NAMEDATALEN - 1). */
const longestName = 63;

/** What a restored database is called until somebody decides: `shop_20261127T012000Z`. */
export function nameBeside(database: string, backup: string): string {
  const suffix = `_${backup.split('-', 1)[0] ?? backup}`;
  return `${Buffer.from(database)
    .subarray(0, longestName - suffix.length)
    .toString()}${suffix}`;
}

const yes = z.object({ there: z.boolean() });

async function exists(session: PsqlSession, database: string): Promise<boolean> {
  const { there } = await session.row(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ${literal(database)}) AS there`,
    yes,
  );
  return there;
}

function localeOf({ provider, locale }: DatabaseDetails['made']): string {
  if (provider === 'i' && locale !== null) return ` LOCALE_PROVIDER icu ICU_LOCALE ${literal(locale)}`;
  if (provider === 'b' && locale !== null)
    return ` LOCALE_PROVIDER builtin BUILTIN_LOCALE ${literal(locale)}`;
  return '';
}

async function assertPossible(session: PsqlSession, name: string, details: DatabaseDetails): Promise<void> {
  const refused = (cause: string, next: string): RestoreRefused =>
    new RestoreRefused({ what: 'The database is not restored', cause, place: details.cluster, next });
  if (await exists(session, name))
    throw refused(
      `there is a database ${name} already`,
      `Look whether it is needed; if not: DROP DATABASE ${identifier(name)}`,
    );
  const { owner } = details.made;
  const known = await session.row(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${literal(owner)}) AS there`,
    yes,
  );
  if (!known.there) throw refused(`its owner, the role ${owner}, is not there`, 'Make the role first.');
}

/** What came of a restore beside the database that is in use. */
export interface RestoredBeside {
  /** The database's own name when there is none of that name any more. */
  readonly name: string;
  /** Sentences; none: it is what was backed up. */
  readonly differences: readonly string[];
  /** Why it could not be given its settings and rights; undefined: it has them. Without them only superusers come in. */
  readonly unfit?: string;
  readonly seconds: number;
}

/** What is restored: its entry in the manifest, and its bytes. */
export interface DumpToRestore {
  readonly details: DatabaseDetails;
  /** Id of the backup. */
  readonly backup: string;
  /** Anew at each call: its beginning is read once more for a database that is gone. */
  readonly plain: () => AsyncIterable<Buffer>;
}

/**
 * Restores a dump into a new database of the same server, which no application knows by its name, and compares every row with
 * what is on record. Nothing that is there is touched. When there is none of its name any more it gets that name, and clients come in once it
 * has its settings and rights. When it fails on its way the new database is dropped again. Throws RestoreRefused, ProgramFailed, and what
 * reading the dump throws.
 */
export async function restoreBeside(
  { programs, clock }: { readonly programs: PodPrograms; readonly clock: Clock },
  primary: ServerInPod,
  { details, backup, plain }: DumpToRestore,
): Promise<RestoredBeside> {
  const start = clock.monotonic();
  const session = await PsqlSession.open(programs, primary, 'postgres');
  try {
    const isInUse = await exists(session, details.database);
    const name = isInUse ? nameBeside(details.database, backup) : details.database;
    await assertPossible(session, name, details);
    const { owner, encoding, collate, ctype } = details.made;
    await session.run(
      // Nobody but superusers comes in before it is known what it is.
      `CREATE DATABASE ${identifier(name)} TEMPLATE template0 CONNECTION LIMIT 0 OWNER ${identifier(owner)} ` +
        `ENCODING ${literal(encoding)} LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}${localeOf(details.made)}`,
    );
    try {
      const options = ['--exit-on-error', '-d', name];
      await withInput(programs, programOf(primary, 'pg_restore', ...options), plain());
      if (isInUse) await giveProperties(session, details.database, name);
      const found = await comparedWith(programs, primary, name, details);
      const isReady = !isInUse && found.length === 0;
      const unfit = isReady ? await opened({ programs, primary, session }, name, plain) : undefined;
      const seconds = (clock.monotonic() - start) / 1000;
      return { name, differences: found, ...(unfit !== undefined && { unfit }), seconds };
    } catch (error) {
      await dropped(programs, primary, name);
      throw error;
    }
  } finally {
    session.close();
  }
}

interface Opening {
  readonly programs: PodPrograms;
  readonly primary: ServerInPod;
  readonly session: PsqlSession;
}

/**
 * Gives a database that was gone its properties, then lets its clients in; they would otherwise have other rights and settings than they had.
 * Gives why it could not; undefined: it could.
 */
async function opened(
  { programs, primary, session }: Opening,
  name: string,
  plain: () => AsyncIterable<Buffer>,
): Promise<string | undefined> {
  try {
    const properties = await dumpedProperties(primary, (program) => withInput(programs, program, plain()));
    await giveDumpedProperties(programs, primary, properties);
    await session.run(`ALTER DATABASE ${identifier(name)} CONNECTION LIMIT ${properties.connectionLimit}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    return error.reason;
  }
}

/** Gives the new database the properties of the one that is in use. */
async function giveProperties(session: PsqlSession, database: string, name: string): Promise<void> {
  for (const statement of await propertiesOf(session, database, name)) await session.run(statement);
}

/** By a session of its own: after an error the other one is over. */
async function dropped(programs: PodPrograms, primary: ServerInPod, name: string): Promise<void> {
  const session = await PsqlSession.open(programs, primary, 'postgres');
  try {
    await session.run(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
  } finally {
    session.close();
  }
}

/** In what a database is not what was backed up: every row, sequence, large object and definition; none: it is. */
export async function comparedWith(
  programs: PodPrograms,
  server: ServerInPod,
  name: string,
  details: DatabaseDetails,
): Promise<readonly string[]> {
  const session = await PsqlSession.open(programs, server, name);
  try {
    const contents = await contentsOf(session);
    return differences(details, { ...contents, schemaSha256: await schemaDigest(programs, server, name) });
  } finally {
    session.close();
  }
}

/** A person's command that gives these statements to the server, and stops at the first that fails. */
function byHand(
  { namespace, pod, container, superuser }: ServerInPod,
  database: string,
  statements: readonly string[],
): readonly string[] {
  return [
    `kubectl -n ${namespace} exec -i ${pod} -c ${container} -- psql -X -U ${superuser} -d ${maintenanceDatabase(database)} -v ON_ERROR_STOP=1 <<'EOF'`,
    ...statements.map((statement) => `${statement};`),
    'EOF',
  ];
}

/** A person's command that lets clients into a restored database. */
export function openCommand(server: ServerInPod, database: string): readonly string[] {
  return byHand(server, database, [`ALTER DATABASE ${identifier(database)} CONNECTION LIMIT -1`]);
}

/** A person's commands for the time when the restored database is to be used; the old one stays, under another name. */
export function swapCommands(server: ServerInPod, database: string, restored: string): readonly string[] {
  const before = `${restored}_before`.slice(-longestName);
  return byHand(server, database, [
    `ALTER DATABASE ${identifier(database)} ALLOW_CONNECTIONS false`,
    `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ${literal(database)}`,
    `ALTER DATABASE ${identifier(database)} RENAME TO ${identifier(before)}`,
    `ALTER DATABASE ${identifier(restored)} CONNECTION LIMIT -1`,
    `ALTER DATABASE ${identifier(restored)} RENAME TO ${identifier(database)}`,
  ]);
}
