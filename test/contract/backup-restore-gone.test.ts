import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { systemClock } from '../../src/adapters/system-clock.ts';
import type { DatabaseDetails } from '../../src/backup/manifest.ts';
import { PsqlSession, type ServerInPod } from '../../src/backup/postgres/psql-session.ts';
import { restoreBeside } from '../../src/backup/postgres/restore-beside.ts';
import { ScratchServer } from '../../src/backup/postgres/scratch-server.ts';
import { labContainers, noLabContainer, type LabContainers } from '../fakes/lab-container.ts';
import { labBinaries } from '../fakes/lab-postgres.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { takenDatabase } from '../fakes/taken-database.ts';

const place = { namespace: 'shop', pod: 'db-0', container: 'postgres', folder: '/tmp/scratch' };

let containers: LabContainers;
let scratch: ScratchServer;
let server: ServerInPod;
let details: DatabaseDetails;
let dump: Buffer;

async function run(database: string, ...statements: readonly string[]): Promise<void> {
  const session = await PsqlSession.open(containers, server, database);
  try {
    for (const statement of statements) await session.run(statement);
  } finally {
    session.close();
  }
}

/** Everything that belongs to the database, in words. */
async function properties(): Promise<unknown> {
  const session = await PsqlSession.open(containers, server, 'postgres');
  try {
    return await session.row(
      `SELECT d.datconnlimit AS "limit", d.datacl::text AS acl, shobj_description(d.oid, 'pg_database') AS comment,
         (SELECT jsonb_agg(s.setrole::regrole::text || ' ' || s.setconfig::text ORDER BY s.setrole)
          FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid) AS settings
       FROM pg_catalog.pg_database d WHERE d.datname = 'Shop'`,
      z.object({
        limit: z.number(),
        acl: z.string().nullable(),
        comment: z.string().nullable(),
        settings: z.array(z.string()).nullable(),
      }),
    );
  } finally {
    session.close();
  }
}

beforeAll(async () => {
  if (noLabContainer !== undefined) return;
  containers = labContainers();
  const needed = { binaries: labBinaries, preloaded: '', superuser: 'postgres' };
  scratch = await ScratchServer.start(containers, place, needed);
  ({ server } = scratch);
  await run(
    'postgres',
    'CREATE ROLE app LOGIN',
    'CREATE ROLE clerk LOGIN',
    'CREATE DATABASE "Shop" OWNER app CONNECTION LIMIT 30',
    `ALTER DATABASE "Shop" SET timezone = 'Asia/Kolkata'`,
    `ALTER DATABASE "Shop" SET app.words = 'a''s
CREATE DATABASE "Shop";'`,
    `ALTER ROLE clerk IN DATABASE "Shop" SET statement_timeout = '5s'`,
    'REVOKE ALL ON DATABASE "Shop" FROM PUBLIC',
    'GRANT CONNECT ON DATABASE "Shop" TO clerk WITH GRANT OPTION',
    `COMMENT ON DATABASE "Shop" IS 'what we sell'`,
  );
  await run(
    'Shop',
    'CREATE TABLE public.orders (id int PRIMARY KEY, ref text)',
    "INSERT INTO public.orders SELECT n, repeat('order ', 50) || n FROM generate_series(1, 20000) n",
  );
  ({ details, dump } = await takenDatabase(containers, server, 'Shop'));
}, 120_000);

afterAll(async () => {
  if (noLabContainer !== undefined) return;
  await scratch.stop();
  containers.remove();
});

async function* chunks(): AsyncGenerator<Buffer> {
  for (let at = 0; at < dump.length; at += 4096) yield dump.subarray(at, at + 4096);
}

const restored = () =>
  restoreBeside({ programs: containers, clock: systemClock }, server, {
    details,
    backup: '20260101T120000Z-aaaa',
    plain: chunks,
  });

test('a database that is gone comes back with its settings, its rights and its comment, closed until then', async (context) => {
  skipWhen(context, noLabContainer);
  const before = await properties();
  expect(before).toMatchObject({
    limit: 30,
    comment: 'what we sell',
    settings: [{}, {}].map(() => expect.any(String)),
  });
  await run('postgres', 'DROP DATABASE "Shop"');
  const seen: unknown[] = [];
  containers.before = ({ argv }) => void (argv.join(' ').includes('--create') && seen.push(properties()));
  expect(await restored()).toMatchObject({ name: 'Shop', differences: [] });
  containers.before = () => undefined;
  const closed = { limit: 0, acl: null, comment: null, settings: null };
  expect(await Promise.all(seen)).toEqual([closed, closed]);
  expect(await properties()).toEqual(before);
});

test('when it cannot have one of them only superusers come in, and it is told', async (context) => {
  skipWhen(context, noLabContainer);
  await run('postgres', 'DROP DATABASE "Shop"', 'DROP ROLE clerk');
  const { unfit, differences } = await restored();
  expect(unfit).toMatch(/role "clerk" does not exist/);
  expect(differences).toEqual([]);
  expect(await properties()).toMatchObject({ limit: 0 });
});
