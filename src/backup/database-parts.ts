import { z } from 'zod';

import type { PartToTake } from './create.ts';
import type { BackupPart } from './manifest.ts';
import type { FilesEnd } from './physical/written-since.ts';
import type { ServersToRead } from './postgres/choose-server.ts';
import { holdsRows } from './postgres/contents.ts';
import { literal, PsqlSession, usualDatabase } from './postgres/psql-session.ts';
import { rolesOf } from './postgres/snapshot.ts';
import { takeDatabase, type TakeContext } from './postgres/take-database.ts';
import { wholeOutput } from './program-output.ts';

/** Signs of a database's name that a file in a store may have; others are written as their code. */
function fileName(database: string): string {
  return database.replaceAll(/[^\w-]/g, (sign) => `.${sign.codePointAt(0)?.toString(16) ?? ''}.`);
}

type Tools = Omit<TakeContext, 'store'>;

/**
 * Databases that hold anything of the user's: all but the templates, and but the one that every server has where nobody has put a row
 * into it. That one comes last: others are made from it.
 */
export async function databasesOf(
  { programs }: Tools,
  { primary }: ServersToRead,
): Promise<readonly string[]> {
  const session = await PsqlSession.open(programs, primary, usualDatabase);
  try {
    const rows = await session.query(
      `SELECT datname AS name FROM pg_catalog.pg_database
       WHERE NOT datistemplate AND datallowconn AND datname <> ${literal(usualDatabase)} ORDER BY 1`,
      z.object({ name: z.string() }),
    );
    const own = (await holdsRows(session)) ? [usualDatabase] : [];
    return [...rows.map(({ name }) => name), ...own];
  } finally {
    session.close();
  }
}

async function roleNames({ programs }: Tools, { primary }: ServersToRead): Promise<string[]> {
  const session = await PsqlSession.open(programs, primary, usualDatabase);
  try {
    const rows = await session.query(
      "SELECT rolname AS name FROM pg_catalog.pg_roles WHERE rolname NOT LIKE 'pg\\_%' ORDER BY 1",
      z.object({ name: z.string() }),
    );
    return rows.map(({ name }) => name);
  } finally {
    session.close();
  }
}

/** Where the files of this cluster end that the backup has already. */
function filesEnd(before: readonly BackupPart[], cluster: string): FilesEnd | undefined {
  const details = before.map(({ of }) => of).find((of) => of.kind === 'cluster' && of.cluster === cluster);
  if (details?.kind !== 'cluster') return undefined;
  return { lsn: details.endLsn, timeline: details.timeline };
}

/** The roles and every database of one Patroni cluster: the roles first, because a dump's objects belong to them. */
export function databaseParts(
  tools: Tools,
  cluster: string,
  servers: ServersToRead,
  databases: readonly string[],
): readonly PartToTake[] {
  const roles: PartToTake = {
    file: `${cluster}.roles.sql`,
    title: `roles of ${cluster}`,
    take: async (store) => {
      const stored = await store(wholeOutput(tools.programs, rolesOf(servers.primary)));
      return { stored, of: { kind: 'roles', cluster, roles: await roleNames(tools, servers) } };
    },
  };
  return [
    roles,
    ...databases.map((database): PartToTake => {
      const file = `${cluster}.${fileName(database)}.dump`;
      return {
        file,
        title: `database ${database} of ${cluster}`,
        take: async (store, before) => {
          const context: TakeContext = { ...tools, store: (_file, plain) => store(plain) };
          const filesUpTo = filesEnd(before, cluster);
          const wanted = { cluster, database, file, ...(filesUpTo && { filesUpTo }) };
          const { stored, details } = await takeDatabase(context, servers, wanted);
          return { stored, of: details };
        },
      };
    }),
  ];
}
