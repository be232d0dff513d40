import { z } from 'zod';

import type { PodPrograms } from '../../ports/pod-programs.ts';
import type { DatabaseDetails } from '../manifest.ts';
import { digestTable } from '../postgres/contents.ts';
import { literal, PsqlSession, type ServerInPod } from '../postgres/psql-session.ts';
import { begunBefore, comparable, type CopiedDatabase } from './comparable.ts';

const shape = z.object({
  committedOfRunning: z.number(),
  catalogs: z.array(z.string()),
  tables: z.array(z.object({ table: z.string(), isLogged: z.boolean(), files: z.array(z.string()) })),
});

/** `running` are 64 bits each; one that the copy does not know was not committed in it. */
function question(running: readonly string[]): string {
  const list = running.map((xid) => literal(xid)).join(', ');
  return `
    WITH here AS (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()),
      next AS (SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) AS xid)
    SELECT
      (SELECT count(*) FROM unnest(ARRAY[${list}]::xid8[]) AS r(xid), next
        WHERE CASE WHEN r.xid < next.xid THEN pg_catalog.pg_xact_status(r.xid) = 'committed' ELSE false END) AS "committedOfRunning",
      (SELECT jsonb_agg(here.oid || '/' || pg_catalog.pg_relation_filenode(c.oid)) FROM pg_catalog.pg_class c, here
        WHERE c.relnamespace = 'pg_catalog'::regnamespace
          AND c.relname IN ('pg_class', 'pg_attribute', 'pg_type', 'pg_enum')) AS catalogs,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('table', format('%I.%I', n.nspname, c.relname),
          'isLogged', c.relpersistence = 'p',
          'files', jsonb_path_query_array(jsonb_build_array(
            here.oid || '/' || pg_catalog.pg_relation_filenode(c.oid),
            here.oid || '/' || pg_catalog.pg_relation_filenode(nullif(c.reltoastrelid, 0))), '$[*] ? (@ != null)'))), '[]')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, here
        WHERE c.relkind = 'r') AS tables`;
}

/** How many of the transactions that were committed between the two began before the copy ends and are not committed in it. */
async function openInCopy(session: PsqlSession, commits: readonly number[]): Promise<number> {
  const { next } = await session.row(
    'SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text AS next',
    z.object({ next: z.string() }),
  );
  const list = begunBefore(commits, next).map((xid) => literal(xid));
  const { count } = await session.row(
    `SELECT count(*) AS count FROM unnest(ARRAY[${list.join(', ')}]::xid8[]) AS r(xid)
     WHERE pg_catalog.pg_xact_status(r.xid) IS DISTINCT FROM 'committed'`,
    z.object({ count: z.number() }),
  );
  return count;
}

async function copied(session: PsqlSession, { sinceFiles }: DatabaseDetails): Promise<CopiedDatabase> {
  const { running, commits } =
    sinceFiles !== undefined && 'running' in sinceFiles ? sinceFiles : { running: [], commits: [] };
  return {
    ...(await session.row(question(running), shape)),
    openInCopy: await openInCopy(session, commits),
  };
}

/** What a dump's record says of a copy of the server's files. */
export interface HeldAgainstDump {
  /** What was compared, in words. */
  readonly checked: string;
  readonly differences: readonly string[];
}

/** Compares the tables of the copy with a dump's record, as far as they must be the same. Throws ProgramFailed. */
export async function heldAgainstDump(
  programs: PodPrograms,
  server: ServerInPod,
  details: DatabaseDetails,
): Promise<HeldAgainstDump> {
  const { database } = details;
  const session = await PsqlSession.open(programs, server, database);
  try {
    const copy = await copied(session, details);
    const wanted = comparable(details, copy);
    if ('why' in wanted)
      return { checked: `no table of ${database} was held against its dump: ${wanted.why}`, differences: [] };
    const there = new Set(copy.tables.map(({ table }) => table));
    const differences: string[] = [];
    for (const { table, rows, digest } of wanted.tables) {
      if (!there.has(table)) {
        differences.push(`table ${table} of ${database} is in the dump and not in the files`);
        continue;
      }
      const found = await digestTable(session, table);
      if (found.rows !== rows || found.digest !== digest)
        differences.push(
          `table ${table} of ${database} has other rows than the dump (${found.rows} and ${rows}), although nothing was written to it between`,
        );
    }
    const others = [
      ...(wanted.written > 0 ? [`${wanted.written} others were written to in between`] : []),
      ...(wanted.unlogged > 0
        ? [`${wanted.unlogged} are unlogged: empty in the files, and in the dump only`]
        : []),
    ];
    return {
      checked: `${wanted.tables.length} tables of ${database} have exactly the rows of its dump${others.map((text) => `; ${text}`).join('')}`,
      differences,
    };
  } finally {
    session.close();
  }
}
