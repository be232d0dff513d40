import { sql } from '../../src/drills/database.ts';
import type { RigLab } from '../rig/rig-lab.ts';

/**
 * Rows like a shop's: numbers, times, names of few kinds, a document, and a third of text that does not compress. Two indexes beside the
 * key, so that a restore has to build some.
 */
const tables = `
  CREATE TABLE orders (
    id bigint PRIMARY KEY, placed_at timestamptz NOT NULL, customer text NOT NULL, status text NOT NULL,
    total numeric(10,2) NOT NULL, lines jsonb NOT NULL, token bytea NOT NULL);
  CREATE INDEX ON orders (customer, placed_at);
  CREATE INDEX ON orders (status) WHERE status <> 'delivered'`;

const rows = (from: number, to: number) => `
  SELECT g, '2026-01-01Z'::timestamptz + g * interval '1 second', 'customer-' || (g::bigint * 7919 % 50000),
    (ARRAY['delivered','delivered','delivered','sent','paid'])[1 + g % 5], (g::bigint * 31 % 100000) / 100.0,
    jsonb_build_object('sku', 'ring-' || g % 900, 'size', 48 + g % 20, 'engraving', md5(g::text), 'gift', g % 7 = 0),
    sha256(g::text::bytea) || sha256((g + 1)::text::bytea)
  FROM generate_series(${from}, ${to}) AS g`;

const batch = 200_000;

/** Bytes of a database; throws when there is none of that name. */
export async function databaseBytes(lab: RigLab, primary: string, name: string): Promise<number> {
  return Number(await sql(lab, primary, `SELECT pg_database_size('${name}')`));
}

/** Makes a database of about that many bytes, rows in the order of their keys; one that is there is made anew. */
export async function fillDatabase(
  lab: RigLab,
  primary: string,
  {
    name,
    bytes,
    say,
  }: { readonly name: string; readonly bytes: number; readonly say: (line: string) => void },
): Promise<void> {
  await sql(lab, primary, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await sql(lab, primary, `CREATE DATABASE ${name} TEMPLATE template0`);
  await sql(lab, primary, tables, name);
  for (let from = 1; (await databaseBytes(lab, primary, name)) < bytes; from += batch) {
    await sql(lab, primary, `INSERT INTO orders ${rows(from, from + batch - 1)}`, name);
    say(`${name}: ${from + batch - 1} rows`);
  }
  // What a quiet shop has: hint bits set, statistics there, nothing left to write at the next checkpoint.
  await sql(lab, primary, 'VACUUM ANALYZE', name);
  await sql(lab, primary, 'CHECKPOINT', name);
}

/** Waits until every standby has replayed what the primary has written. */
export async function untilReplayed(lab: RigLab, primary: string): Promise<void> {
  const lsn = await sql(lab, primary, 'SELECT pg_current_wal_flush_lsn()');
  const behind = `SELECT count(*) FROM pg_stat_replication WHERE replay_lsn IS NULL OR replay_lsn < '${lsn}'::pg_lsn`;
  const end = Date.now() + 300_000;
  while ((await sql(lab, primary, behind)) !== '0') {
    if (Date.now() > end) throw new Error('the standbys have not replayed the new database after 300 s');
    await sql(lab, primary, 'SELECT pg_sleep(0.5)');
  }
}

/** Removes a database. */
export async function dropDatabase(lab: RigLab, primary: string, name: string): Promise<void> {
  await sql(lab, primary, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}
