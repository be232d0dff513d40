import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { differences, type Expected } from '../../src/backup/postgres/compare-contents.ts';
import { contentsOf, sequencesOf } from '../../src/backup/postgres/contents.ts';
import { literal, PsqlSession, type ServerInPod } from '../../src/backup/postgres/psql-session.ts';
import { ScratchServer, type NeededServer } from '../../src/backup/postgres/scratch-server.ts';
import {
  contentsIn,
  dumpOf,
  openSnapshot,
  rolesOf,
  schemaDigest,
} from '../../src/backup/postgres/snapshot.ts';
import { wholeOutput } from '../../src/backup/program-output.ts';
import { labContainers, noLabContainer, type LabContainers } from '../fakes/lab-container.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const needed: NeededServer = {
  binaries: '/usr/lib/postgresql/15/bin',
  preloaded: '',
  superuser: 'postgres',
};
const place = (pod: string) => ({ namespace: 'shop', pod, container: 'postgres', folder: '/tmp/scratch' });

let containers: LabContainers;
let source: ServerInPod;

/** Everything that text formats, orders and quotes could make different on the other side. */
const shop = `
  CREATE ROLE "jewelry app" LOGIN PASSWORD 'not for others';
  CREATE ROLE reader;
  GRANT reader TO "jewelry app";
  CREATE DATABASE "the shop" OWNER "jewelry app" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
  ALTER DATABASE "the shop" SET timezone = 'Asia/Kolkata';
  ALTER ROLE reader IN DATABASE "the shop" SET search_path = 'Goods', public;
  \\c "the shop"
  CREATE EXTENSION pg_trgm;
  CREATE SCHEMA "Goods";
  CREATE TYPE "Goods".metal AS ENUM ('gold', 'silver');
  CREATE TABLE "Goods"."Rings" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "rekindle" text, t text, metal "Goods".metal, price numeric(10, 2),
    weight double precision, made timestamptz, span interval, photo bytea, tags text[], facts jsonb, paid money);
  ALTER TABLE "Goods"."Rings" DROP COLUMN t;
  ALTER TABLE "Goods"."Rings" ADD COLUMN size real DEFAULT 0.1;
  INSERT INTO "Goods"."Rings" (rekindle, metal, price, weight, made, span, photo, tags, facts, paid)
    SELECT repeat('é', n % 7) || E'\\t"\\\\', 'gold', n / 3.0, n / 7.0, '2026-01-01'::timestamptz + n * '1 h'::interval,
      n * '1 day 3 h'::interval, decode(md5(n::text), 'hex'), ARRAY['a,b', NULL, '"'], jsonb_build_object('n', n), n
    FROM generate_series(1, 5000) n;
  CREATE TABLE orders (id int, day date) PARTITION BY RANGE (day);
  CREATE TABLE orders_2025 PARTITION OF orders DEFAULT;
  INSERT INTO orders SELECT n, '2025-01-01'::date + n FROM generate_series(1, 100) n;
  CREATE UNLOGGED TABLE baskets (id int);
  INSERT INTO baskets VALUES (1), (1);
  CREATE MATERIALIZED VIEW best AS SELECT metal, count(*) FROM "Goods"."Rings" GROUP BY metal;
  CREATE SEQUENCE ticket; SELECT nextval('ticket');
  CREATE SEQUENCE untouched;
  SELECT lo_from_bytea(0, '\\xdeadbeef');
  GRANT SELECT ON "Goods"."Rings" TO reader;
`;

/** Runs statements and psql's own commands on the source. */
async function psql(text: string, database = 'postgres'): Promise<void> {
  const argv = [
    'psql',
    '-X',
    '-q',
    '-v',
    'ON_ERROR_STOP=1',
    '-U',
    'postgres',
    '-h',
    '/tmp/scratch/run',
  ] as const;
  const program = { ...place('db-1'), argv: [...argv, '-d', database, '-c', text] as const };
  const viaInput = { ...place('db-1'), argv: [...argv, '-d', database, '-o', '/dev/null'] as const };
  if (!text.includes('\\c ')) {
    await buffer(Readable.from(wholeOutput(containers, program)));
    return;
  }
  const running = await containers.start(viaInput, { withInput: true });
  running.input.end(text);
  const end = await running.ended;
  if (end.code !== 0) throw new Error(end.complaint);
}

/** A backup of the shop in memory, as it is now. */
async function backedUp() {
  const session = await PsqlSession.open(containers, source, 'the shop');
  const before = await sequencesOf(session);
  const snapshot = await openSnapshot(containers, source, 'the shop');
  try {
    const [dump, contents, schemaSha256] = await Promise.all([
      buffer(Readable.from(wholeOutput(containers, dumpOf(snapshot)))),
      contentsIn(containers, snapshot),
      schemaDigest(containers, source, 'the shop', snapshot.id),
    ]);
    const after = await sequencesOf(session);
    const sequences = Object.fromEntries(
      Object.entries(before).map(([name, value]): [string, [string, string]] => [
        name,
        [value, after[name] ?? value],
      ]),
    );
    const expected: Expected = { ...contents, sequences, schemaSha256 };
    const roles = await buffer(Readable.from(wholeOutput(containers, rolesOf(source))));
    return { dump, roles, expected, facts: snapshot.facts };
  } finally {
    snapshot.close();
    session.close();
  }
}

async function* bytesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Restores into a server of its own and says in what the copy differs. */
async function restored(
  pod: string,
  { dump, roles, expected }: { dump: Buffer; roles: Buffer; expected: Expected },
  change?: string,
): Promise<readonly string[]> {
  const scratch = await ScratchServer.start(containers, place(pod), needed);
  try {
    await scratch.restoreRoles(bytesOf(roles), roles.length);
    await scratch.restoreDump(bytesOf(dump), { database: 'the shop', bytes: dump.length, jobs: 2 });
    const session = await PsqlSession.open(containers, scratch.server, 'the shop');
    try {
      if (change !== undefined) await session.run(change);
      const contents = await contentsOf(session);
      const schemaSha256 = await schemaDigest(containers, scratch.server, 'the shop');
      return differences(expected, { ...contents, schemaSha256 });
    } finally {
      session.close();
    }
  } finally {
    await scratch.stop();
  }
}

beforeAll(async () => {
  if (noLabContainer !== undefined) return;
  containers = labContainers();
  source = (await ScratchServer.start(containers, place('db-1'), needed)).server;
  await psql(shop);
}, 60_000);

afterAll(() => {
  if (noLabContainer === undefined) containers.remove();
});

test('a restored copy has every row, sequence, large object and definition', async (context) => {
  skipWhen(context, noLabContainer);
  const backup = await backedUp();
  expect(backup.facts).toMatchObject({ inRecovery: false, timeline: 1 });
  expect(backup.facts.lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
  expect(backup.expected.tables).toMatchObject([
    { table: '"Goods"."Rings"', rows: 5000 },
    { table: 'public.baskets', rows: 2 },
    { table: 'public.orders_2025', rows: 100 },
  ]);
  expect(backup.expected.sequences).toMatchObject({
    'public.ticket': ['1', '1'],
    'public.untouched': ['unused', 'unused'],
  });
  expect(await restored('scratch-1', backup)).toEqual([]);
});

test.each([
  [
    'a row that is missing',
    `DELETE FROM "Goods"."Rings" WHERE id = 7`,
    /Rings" has 4999 rows instead of 5000/,
  ],
  ['a row that is there twice', 'INSERT INTO baskets VALUES (1)', /baskets has 3 rows/],
  [
    'a bit in a row',
    `UPDATE "Goods"."Rings" SET weight = weight + 1e-15 WHERE id = 1`,
    /Rings" has other rows/,
  ],
  [
    'two rows that were swapped',
    `UPDATE orders SET id = 101 - id WHERE id IN (1, 100)`,
    /orders_2025 has other rows/,
  ],
  ['a table', 'DROP TABLE baskets', /baskets is missing/],
  ['a sequence', "SELECT setval('public.ticket', 9)", /ticket is at 9 instead of 1/],
  [
    'a large object',
    'UPDATE pg_catalog.pg_largeobject SET data = decode(md5(data), $$hex$$)',
    /large objects/,
  ],
  ['an index', 'CREATE INDEX ON orders (day)', /definitions/],
  ['a right', 'GRANT SELECT ON "Goods"."Rings" TO PUBLIC', /definitions/],
  ['an extension', 'DROP EXTENSION pg_trgm', /pg_trgm is missing/],
])('a copy that differs in %s is told', async (_name, change, told) => {
  if (noLabContainer !== undefined) return;
  const backup = await backedUp();
  const found = await restored(
    'scratch-2',
    backup,
    change.replaceAll(/(?<=FROM |INTO |UPDATE |TABLE |ON )(orders|baskets)/g, 'public.$1'),
  );
  expect(found.join('; ')).toMatch(told);
});

test('a dump is of its snapshot, whatever is written meanwhile', async (context) => {
  skipWhen(context, noLabContainer);
  const snapshot = await openSnapshot(containers, source, 'the shop');
  try {
    await psql('INSERT INTO public.baskets VALUES (99)', 'the shop');
    const contents = await contentsIn(containers, snapshot);
    expect(contents.tables.find(({ table }) => table === 'public.baskets')).toMatchObject({ rows: 2 });
  } finally {
    snapshot.close();
    await psql('DELETE FROM public.baskets WHERE id = 99', 'the shop');
  }
});

test('passwords travel as verifiers, in the roles and nowhere else', async (context) => {
  skipWhen(context, noLabContainer);
  const { dump, roles } = await backedUp();
  expect(roles.toString()).toContain('SCRAM-SHA-256$');
  expect(roles.toString()).not.toContain('not for others');
  expect(dump.includes('SCRAM-SHA-256$')).toBe(false);
  expect(containers.started.join('\n')).not.toContain('SCRAM-SHA-256$');
});

test('an error of the server ends the session with its words', async (context) => {
  skipWhen(context, noLabContainer);
  const session = await PsqlSession.open(containers, source, 'the shop');
  const query = session.query(`SELECT ${literal("it's")} AS said`, z.object({ said: z.string() }));
  expect(await query).toEqual([{ said: "it's" }]);
  await expect(session.run('SELECT 1/0')).rejects.toThrow(/division by zero/);
  await expect(PsqlSession.open(containers, source, 'nowhere')).rejects.toThrow(/"nowhere" does not exist/);
});
