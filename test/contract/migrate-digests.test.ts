import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { digestsSql } from '../../src/migrate/text/digests-sql.ts';
import { noPostgres, realPostgres, type RealPostgres } from '../fakes/real-postgres.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const found: { postgres?: RealPostgres } = {};

beforeAll(async () => {
  if (noPostgres === undefined) found.postgres = await realPostgres();
}, 60_000);

afterAll(() => found.postgres?.stop());

function server(context: TestContext): RealPostgres {
  skipWhen(context, noPostgres);
  if (found.postgres === undefined) throw new Error('PostgreSQL was not started');
  return found.postgres;
}

const stack = `
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id serial PRIMARY KEY, ref text, amount numeric, at timestamptz, raw bytea, tags text[], more jsonb, rate double precision, span interval);
INSERT INTO shop.orders (ref, amount, at, raw, tags, more, rate, span)
  SELECT 'r' || n, n / 3.0, '2026-01-01'::timestamptz + n * interval '1 minute', decode(md5(n::text), 'hex'), ARRAY['a', NULL, n::text],
    jsonb_build_object('n', n), n / 7.0, n * interval '1 second' FROM generate_series(1, 2000) n;
CREATE TABLE "Odd ""Name" (t text);
INSERT INTO "Odd ""Name" VALUES (NULL), (''), ('ü'), ('ü'), (E'a\\nb|c');
CREATE TABLE empty (a int);
CREATE TABLE parts (id int, v text) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
INSERT INTO parts SELECT n, 'v' FROM generate_series(0, 99) n;
CREATE MATERIALIZED VIEW shop.totals AS SELECT count(*) FROM shop.orders;
SELECT lo_from_bytea(0, decode('00ff10', 'hex'));
CREATE SCHEMA pooler;
CREATE TABLE pooler.ours (a int);
INSERT INTO pooler.ours VALUES (1);
`;

let made = 0;

/** A database with the stack in it. */
function fresh(postgres: RealPostgres, sql = stack): string {
  made += 1;
  const name = `d${made}`;
  postgres.run('createdb', [name]);
  postgres.run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', name], sql);
  return name;
}

const digests = (postgres: RealPostgres, name: string, args: readonly string[] = []) =>
  postgres.run('psql', ['-X', '-At', '-q', ...args, '-d', name], digestsSql).toString();

const lines = (text: string) => text.split('\n').filter((line) => /^(table|sequence|large)/.test(line));

describe('the digests of the runbook', () => {
  test('have a line for each table and sequence of the stack, and none of the operator’s', (context) => {
    const postgres = server(context);
    const told = lines(digests(postgres, fresh(postgres)));
    expect(told.map((line) => line.split('|')[0])).toEqual([
      'table public."Odd ""Name"',
      'table public.empty',
      'table public.parts_1',
      'table shop.orders',
      'table shop.totals',
      'sequence shop.orders_id_seq',
      'large objects',
    ]);
    expect(told.find((line) => line.startsWith('table shop.orders'))).toMatch(
      /^table shop\.orders\|2000\|-?\d+$/,
    );
  });

  test('are equal after the dump and restore of the runbook, and whatever the settings of the session are', (context) => {
    const postgres = server(context);
    const old = fresh(postgres);
    const dump = postgres.run('pg_dump', ['-Fc', '-N', 'pooler', old]);
    made += 1;
    const other = `d${made}`;
    postgres.run('createdb', ['-T', 'template0', other]);
    postgres.run('pg_restore', ['-d', other, '--exit-on-error'], dump);
    postgres.run(
      'psql',
      ['-X', '-q', '-d', other],
      `
      ALTER DATABASE ${other} SET timezone = 'Asia/Tokyo'; ALTER DATABASE ${other} SET datestyle = 'German';
      ALTER DATABASE ${other} SET bytea_output = 'escape'; ALTER DATABASE ${other} SET extra_float_digits = 0;
      ALTER DATABASE ${other} SET intervalstyle = 'sql_standard'; ALTER DATABASE ${other} SET search_path = shop;`,
    );
    expect(digests(postgres, other)).toBe(digests(postgres, old));
  });

  test.for([
    ['a value', `UPDATE shop.orders SET amount = amount + 0.0000000001 WHERE id = 1000`, 'table shop.orders'],
    ['a missing row', `DELETE FROM shop.orders WHERE id = 7`, 'table shop.orders'],
    ['a doubled row', `INSERT INTO "Odd ""Name" VALUES ('ü')`, 'table public."Odd ""Name"'],
    [
      'NULL instead of nothing',
      `UPDATE "Odd ""Name" SET t = '' WHERE t IS NULL`,
      'table public."Odd ""Name"',
    ],
    [
      'two values that changed places',
      `UPDATE shop.orders SET ref = CASE id WHEN 1 THEN 'r2' ELSE 'r1' END WHERE id IN (1, 2)`,
      'table shop.orders',
    ],
    [
      'a sequence that stands elsewhere',
      `SELECT setval('shop.orders_id_seq', 5)`,
      'sequence shop.orders_id_seq',
    ],
    ['a table that nobody knows', `CREATE TABLE more (a int)`, 'table public.more'],
    [
      'a large object',
      `SELECT lo_put(oid, 0, decode('01', 'hex')) FROM pg_largeobject_metadata`,
      'large objects',
    ],
  ] as const)('tell %s', ([, change, where], context) => {
    const postgres = server(context);
    const [one, other] = [fresh(postgres), fresh(postgres)];
    postgres.run('psql', ['-X', '-q', '-d', other], change);
    const before = new Set(lines(digests(postgres, one)));
    const different = lines(digests(postgres, other)).filter((line) => !before.has(line));
    expect(different.map((line) => line.split('|')[0])).toEqual([where]);
  });

  test('end with an error, not with fewer lines, when a table cannot be read', (context) => {
    const postgres = server(context);
    const name = fresh(postgres);
    postgres.run('psql', ['-X', '-q', '-d', name], `CREATE ROLE reader_${made} LOGIN`);
    expect(() => digests(postgres, name, ['-U', `reader_${made}`])).toThrow(/permission denied/);
  });
});
