import type { PodPrograms, ProgramInPod } from '../../ports/pod-programs.ts';
import { script, withInput } from '../program-output.ts';
import {
  identifier,
  maintenanceDatabase,
  programOf,
  usualDatabase,
  type ServerInPod,
} from './psql-session.ts';

/** Entries of a dump's table of contents that belong to the database itself (pg_restore -l; pg_dump.c, dumpDatabase). */
const ofDatabase = /^\d+; \d+ \d+ (?:DATABASE PROPERTIES - |(?:ACL|COMMENT|SECURITY LABEL) - DATABASE )/;

/** Only the entries of a list, as SQL; the list holds names, and no settings. */
const onlyThese = `list="$1"; shift; exec "$@" -L /dev/fd/3 3<<END
$list
END`;

const name = String.raw`(?:"(?:[^"]|"")*"|[^\s"]+)`;

/** pg_restore writes it for every database, whatever the list says (pg_backup_archiver.c, _tocEntryRequired). */
const creation = /^CREATE DATABASE .*;\n/m;

const limit = new RegExp(`^ALTER DATABASE ${name} CONNECTION LIMIT = (\\d+);\n`, 'm');

/** `pg_restore --no-tablespaces` leaves it where it is: pg_dump has written it. */
const tablespace = new RegExp(` TABLESPACE = ${name}(?=;)`);

/** What belongs to a database and not to what is in it. Settings are where people keep secrets. */
export interface DumpedProperties {
  /** Makes it. */
  readonly creation: string;
  /** Its settings, those of roles in it, who may use it, its comment: a script for psql. */
  readonly sql: string;
  /** Most clients at once; -1: any number. */
  readonly connectionLimit: number;
}

/** Runs pg_restore on a dump from its beginning; gives what it writes. */
export type ReadDump = (program: ProgramInPod) => Promise<string>;

/**
 * The properties of a database as its dump has them, where `pg_restore` gives them to a database that it creates itself, and to no other.
 * Throws what `read` throws.
 */
export async function dumpedProperties(server: ServerInPod, read: ReadDump): Promise<DumpedProperties> {
  const contents = await read(programOf(server, 'pg_restore', '--create', '-l'));
  const list = contents.split('\n').filter((line) => ofDatabase.test(line));
  const { argv, ...place } = programOf(server, 'pg_restore', '--create', '-f', '-');
  const sql = await read({ ...place, argv: script('pg_restore', onlyThese, list.join('\n'), ...argv) });
  return {
    creation: creation.exec(sql)?.[0] ?? '',
    sql: sql.replace(creation, '').replace(limit, ''),
    connectionLimit: Number(limit.exec(sql)?.[1] ?? -1),
  };
}

async function run(
  programs: PodPrograms,
  server: ServerInPod,
  sql: string,
  from = usualDatabase,
): Promise<void> {
  const options = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', from, '-f', '-'];
  await withInput(programs, programOf(server, 'psql', ...options), [Buffer.from(`${sql}\n\\quit\n`)]);
}

/** Gives them to the database of that name. Throws ProgramFailed at the first that it cannot have, for example of a role that is gone. */
export async function giveDumpedProperties(
  programs: PodPrograms,
  server: ServerInPod,
  { sql }: DumpedProperties,
): Promise<void> {
  await run(programs, server, sql);
}

/**
 * Makes the database of a dump where it lay in a tablespace of its own, which no new server has: in the usual one, with its properties. False:
 * `pg_restore --create` can make it. Throws ProgramFailed, and what `read` throws.
 */
export async function madeWithoutTablespace(
  programs: PodPrograms,
  server: ServerInPod,
  { database, read }: { readonly database: string; readonly read: ReadDump },
): Promise<boolean> {
  const found = await dumpedProperties(server, read);
  if (!tablespace.test(found.creation)) return false;
  const limited = `ALTER DATABASE ${identifier(database)} CONNECTION LIMIT ${found.connectionLimit};`;
  const made = `${found.creation.replace(tablespace, '')}${found.sql}${limited}`;
  await run(programs, server, made, maintenanceDatabase(database));
  return true;
}
