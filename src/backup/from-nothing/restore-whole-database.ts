import { z } from 'zod';

import type { Clock } from '../../ports/clock.ts';
import type { PodPrograms, ProgramInPod } from '../../ports/pod-programs.ts';
import type { DatabaseDetails } from '../manifest.ts';
import { withInput } from '../program-output.ts';
import { contentsOf } from '../postgres/contents.ts';
import { madeWithoutTablespace } from '../postgres/dumped-properties.ts';
import {
  identifier,
  literal,
  maintenanceDatabase,
  programOf,
  PsqlSession,
  type ServerInPod,
} from '../postgres/psql-session.ts';
import { comparedWith, RestoreRefused } from '../postgres/restore-beside.ts';

/** What is there under the name of the database, before anything is done. */
type Found = 'nothing' | 'empty' | 'same' | 'other';

const yes = z.object({ there: z.boolean() });

interface Tools {
  readonly programs: PodPrograms;
  readonly clock: Clock;
}

/** Beside the database that is meant, which may be dropped meanwhile. */
async function beside<T>(
  { programs }: Tools,
  primary: ServerInPod,
  database: string,
  use: (session: PsqlSession) => Promise<T>,
): Promise<T> {
  const session = await PsqlSession.open(programs, primary, maintenanceDatabase(database));
  try {
    return await use(session);
  } finally {
    session.close();
  }
}

async function look(tools: Tools, primary: ServerInPod, details: DatabaseDetails): Promise<Found> {
  const { there } = await beside(tools, primary, details.database, (session) =>
    session.row(
      `SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ${literal(details.database)}) AS there`,
      yes,
    ),
  );
  if (!there) return 'nothing';
  const session = await PsqlSession.open(tools.programs, primary, details.database);
  try {
    const { tables, largeObjects } = await contentsOf(session);
    const rows = tables.reduce((sum, table) => sum + table.rows, largeObjects.count);
    // A backup of an empty database cannot be told from the empty one that the operator makes: it is restored, once more or not.
    if (rows === 0) return 'empty';
  } finally {
    session.close();
  }
  const differences = await comparedWith(tools.programs, primary, details.database, details);
  return differences.length === 0 ? 'same' : 'other';
}

/** Puts a half-restored database aside, under a name that says so: what has rows is never dropped. */
async function setAside(tools: Tools, primary: ServerInPod, database: string): Promise<string> {
  const aside = `${database.slice(0, 40)}_half_${Math.floor(tools.clock.now() / 1000)}`;
  await beside(tools, primary, database, async (session) => {
    await session.run(`ALTER DATABASE ${identifier(database)} ALLOW_CONNECTIONS false`);
    await session.query(
      `SELECT pg_terminate_backend(pid) AS there FROM pg_catalog.pg_stat_activity WHERE datname = ${literal(database)}`,
      yes,
    );
    await session.run(`ALTER DATABASE ${identifier(database)} RENAME TO ${identifier(aside)}`);
  });
  return aside;
}

async function dropEmpty(tools: Tools, primary: ServerInPod, database: string): Promise<void> {
  await beside(tools, primary, database, (session) =>
    session.run(`DROP DATABASE ${identifier(database)} WITH (FORCE)`),
  );
}

/** Which database is restored, from what, and whether rows that are there can only be of an earlier attempt of this very restore. */
export interface WholeDatabase {
  readonly details: DatabaseDetails;
  readonly plain: () => AsyncIterable<Buffer>;
  readonly wasBegun: boolean;
}

/** What came of it. */
export interface RestoredDatabase {
  /** Sentences; none: it is what was backed up. */
  readonly differences: readonly string[];
  /** What is worth telling besides. */
  readonly notes: readonly string[];
}

/**
 * Restores a dump under the database's own name, with its owner, rights and settings, into a server that nobody uses yet, and compares every
 * row. The empty database that the operator has made goes; one with rows that are neither those of the backup nor of an earlier
 * attempt is refused, and nothing is touched. Throws RestoreRefused, ProgramFailed, and what reading the dump throws.
 */
export async function restoreWholeDatabase(
  tools: Tools,
  primary: ServerInPod,
  { details, plain, wasBegun }: WholeDatabase,
): Promise<RestoredDatabase> {
  const { database } = details;
  const found = await look(tools, primary, details);
  if (found === 'same') return { differences: [], notes: ['it was restored already'] };
  const notes: string[] = [];
  if (found === 'other') {
    if (!wasBegun)
      throw new RestoreRefused({
        what: `Database ${database} is not restored`,
        cause: 'it has rows already, and they are not those of the backup',
        place: `pod ${primary.namespace}/${primary.pod}`,
        next: 'Look where they come from. If they are to go: drop the database, and run the same command again.',
      });
    notes.push(`what an interrupted run had restored is kept as ${await setAside(tools, primary, database)}`);
  }
  if (found === 'empty') await dropEmpty(tools, primary, database);
  // No operator makes tablespaces: whatever lay in one comes into the usual one.
  const read = (program: ProgramInPod) => withInput(tools.programs, program, plain());
  const isMade = await madeWithoutTablespace(tools.programs, primary, { database, read });
  const into = isMade ? ['-d', database] : ['--create', '-d', maintenanceDatabase(database)];
  const options = ['--exit-on-error', '--no-tablespaces', ...into];
  await withInput(tools.programs, programOf(primary, 'pg_restore', ...options), plain());
  const { tablespaces = [] } = details;
  if (tablespaces.length > 0)
    notes.push(`what lay in tablespaces ${tablespaces.join(', ')} is in the usual one`);
  return { differences: await comparedWith(tools.programs, primary, database, details), notes };
}
