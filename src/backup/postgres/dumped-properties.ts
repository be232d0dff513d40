import type { PodPrograms } from '../../ports/pod-programs.ts';
import { script, withInput } from '../program-output.ts';
import { programOf, type ServerInPod } from './psql-session.ts';

/** Entries of a dump's table of contents that belong to the database itself (pg_restore -l; pg_dump.c, dumpDatabase). */
const ofDatabase = /^\d+; \d+ \d+ (?:DATABASE PROPERTIES - |(?:ACL|COMMENT|SECURITY LABEL) - DATABASE )/;

/** Only the entries of a list, as SQL; the list holds names, and no settings. */
const onlyThese = `list="$1"; shift; exec "$@" -L /dev/fd/3 3<<END
$list
END`;

/** pg_restore writes it for every database, whatever the list says (pg_backup_archiver.c, _tocEntryRequired). */
const creation = /^CREATE DATABASE .*;\n/m;

const limit = /^ALTER DATABASE (?:"(?:[^"]|"")*"|[^\s"]+) CONNECTION LIMIT = (\d+);\n/m;

/** What belongs to a database and not to what is in it: its settings, those of roles in it, who may use it, its comment. */
export interface DumpedProperties {
  /** A script for psql; empty: it had none. May hold secrets, which people keep in settings. */
  readonly sql: string;
  /** Most clients at once; -1: any number. */
  readonly connectionLimit: number;
}

/**
 * The properties of a database as its dump has them, where `pg_restore` gives them to a database that it creates itself, and to no other. They
 * are read from the beginning of the dump, which `plain` gives anew each time. Throws ProgramFailed, and what reading the dump throws.
 */
export async function dumpedProperties(
  programs: PodPrograms,
  server: ServerInPod,
  plain: () => AsyncIterable<Buffer>,
): Promise<DumpedProperties> {
  const contents = await withInput(programs, programOf(server, 'pg_restore', '--create', '-l'), plain());
  const list = contents.split('\n').filter((line) => ofDatabase.test(line));
  if (list.length === 0) return { sql: '', connectionLimit: -1 };
  const { argv, ...place } = programOf(server, 'pg_restore', '--create', '-f', '-');
  const program = { ...place, argv: script('pg_restore', onlyThese, list.join('\n'), ...argv) };
  const sql = (await withInput(programs, program, plain())).replace(creation, '');
  return { sql: sql.replace(limit, ''), connectionLimit: Number(limit.exec(sql)?.[1] ?? -1) };
}

/** Gives them to the database of that name. Throws ProgramFailed at the first that it cannot have, for example of a role that is gone. */
export async function giveDumpedProperties(
  programs: PodPrograms,
  server: ServerInPod,
  { sql }: DumpedProperties,
): Promise<void> {
  if (sql === '') return;
  const options = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres', '-f', '-'];
  await withInput(programs, programOf(server, 'psql', ...options), [Buffer.from(`${sql}\n\\quit\n`)]);
}
