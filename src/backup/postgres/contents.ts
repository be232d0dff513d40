import { z } from 'zod';

import type { TableDigest } from '../manifest.ts';
import { literal, type PsqlSession } from './psql-session.ts';

/** Everything about a database's contents that a restored copy can be held against. */
export interface Contents {
  readonly tables: readonly TableDigest[];
  readonly sequences: Readonly<Record<string, string>>;
  readonly largeObjects: { readonly count: number; readonly digest: string };
  readonly extensions: Readonly<Record<string, string>>;
}

/**
 * A digest of rows in any order: 64 bits of PostgreSQL's own hash of a row's text, twice with other seeds, added up. It is the hash
 * by which hash partitions are chosen, so it cannot change between versions, and it costs little more than the text itself (a
 * quarter of what SHA-256 costs in SQL). It tells rows that are missing, doubled or changed by accident; against somebody who
 * forges rows there is the digest of the file.
 */
function digestOf(text: string, from: string): string {
  return `SELECT count(*) AS rows, coalesce(${sumOf(0)}, 0)::text || '/' || coalesce(${sumOf(1)}, 0)::text AS digest
    FROM (SELECT ${text} AS t FROM ${from} OFFSET 0) AS texts`;
}

function sumOf(seed: number): string {
  return `sum(hashtextextended(t COLLATE "C", ${seed}))`;
}

const digestRow = z.object({ rows: z.number(), digest: z.string() });

/**
 * Tables whose rows pg_dump dumps: ordinary ones and partitions, without those that belong to an extension (its own script makes
 * them) and without temporary ones. Materialized views are made anew by a restore, foreign tables are somewhere else.
 */
const tablesQuery = `
  SELECT format('%I.%I', n.nspname, c.relname) AS "table"
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1`;

/**
 * Tables of extensions whose rows pg_dump dumps all the same, with the condition for it: pg_cron's jobs, for example
 * (pg_extension_config_dump).
 */
const configurationQuery = `
  SELECT format('%I.%I', n.nspname, c.relname) AS "table", coalesce(e.extcondition[i], '') AS condition
  FROM pg_catalog.pg_extension e CROSS JOIN LATERAL generate_subscripts(e.extconfig, 1) AS i
    JOIN pg_catalog.pg_class c ON c.oid = e.extconfig[i] JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r'
  ORDER BY 1`;

const truth = z.object({ there: z.boolean() });

/** Whether the database has a row of anybody's, or a large object: some images put empty tables into each. */
export async function holdsRows(session: PsqlSession): Promise<boolean> {
  const tables = await session.query(tablesQuery, z.object({ table: z.string() }));
  const configuration = await session.query(
    configurationQuery,
    z.object({ table: z.string(), condition: z.string() }),
  );
  const from = [
    'pg_catalog.pg_largeobject_metadata',
    ...tables.map(({ table }) => `ONLY ${table}`),
    ...configuration.map(({ table, condition }) => `ONLY ${table} ${condition}`),
  ];
  for (const rows of from) {
    const { there } = await session.row(`SELECT EXISTS (SELECT FROM ${rows}) AS there`, truth);
    if (there) return true;
  }
  return false;
}

/** The alias is one that no column has. */
const alias = '"rekindle: row"';

/** Reads every row of a table that the session sees. */
export async function digestTable(session: PsqlSession, table: string): Promise<TableDigest> {
  const query = digestOf(`ROW(${alias}.*)::text`, `ONLY ${table} AS ${alias}`);
  return { table, ...(await session.row(query, digestRow)) };
}

/** The values that sequences have now: they follow no snapshot. */
export async function sequencesOf(session: PsqlSession): Promise<Readonly<Record<string, string>>> {
  const rows = await session.query(
    `SELECT format('%I.%I', schemaname, sequencename) AS name, coalesce(last_value::text, 'unused') AS value
     FROM pg_catalog.pg_sequences ORDER BY 1`,
    z.object({ name: z.string(), value: z.string() }),
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** Tablespaces that something of the database lies in, besides the usual one. */
export async function tablespacesOf(session: PsqlSession): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT t.spcname AS name FROM pg_catalog.pg_tablespace t
     WHERE t.spcname NOT IN ('pg_default', 'pg_global') AND (t.oid IN (SELECT reltablespace FROM pg_catalog.pg_class)
       OR t.oid = (SELECT dattablespace FROM pg_catalog.pg_database WHERE datname = current_database())) ORDER BY 1`,
    z.object({ name: z.string() }),
  );
  return rows.map(({ name }) => name);
}

/** Versions of the installed extensions. */
export async function extensionsOf(session: PsqlSession): Promise<Readonly<Record<string, string>>> {
  const rows = await session.query(
    'SELECT extname AS name, extversion AS version FROM pg_catalog.pg_extension ORDER BY 1',
    z.object({ name: z.string(), version: z.string() }),
  );
  return Object.fromEntries(rows.map(({ name, version }) => [name, version]));
}

/** Reads every row of the database that the session sees, in its snapshot. */
export async function contentsOf(session: PsqlSession): Promise<Contents> {
  const tables: TableDigest[] = [];
  for (const { table } of await session.query(tablesQuery, z.object({ table: z.string() })))
    tables.push(await digestTable(session, table));
  const pages = digestOf(
    "loid::text || ' ' || pageno::text || ' ' || encode(data, 'hex')",
    'pg_catalog.pg_largeobject',
  );
  const { digest } = await session.row(pages, digestRow);
  const { count } = await session.row(
    'SELECT count(*) AS count FROM pg_catalog.pg_largeobject_metadata',
    z.object({ count: z.number() }),
  );
  return {
    tables,
    sequences: await sequencesOf(session),
    largeObjects: { count, digest },
    extensions: await extensionsOf(session),
  };
}

/** A statement that makes the session's transaction see what another session exported. */
export function seeing(snapshot: string): string {
  return `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET TRANSACTION SNAPSHOT ${literal(snapshot)}`;
}
