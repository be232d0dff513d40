import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { systemClock } from '../../src/adapters/system-clock.ts';
import { restoreWholeDatabase } from '../../src/backup/from-nothing/restore-whole-database.ts';
import { proveDatabase } from '../../src/backup/postgres/prove-database.ts';
import { programOf, PsqlSession } from '../../src/backup/postgres/psql-session.ts';
import { ScratchServer } from '../../src/backup/postgres/scratch-server.ts';
import { outputText, script } from '../../src/backup/program-output.ts';
import { labContainers, noLabContainer, type LabContainers } from '../fakes/lab-container.ts';
import { labBinaries } from '../fakes/lab-postgres.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { takenDatabase } from '../fakes/taken-database.ts';

const where = (pod: string) => ({ namespace: 'shop', pod, container: 'postgres', folder: '/tmp/scratch' });
const needed = { binaries: labBinaries, preloaded: '', superuser: 'postgres' };

let containers: LabContainers;
let source: ScratchServer;

const taken = (database: string) => takenDatabase(containers, source.server, database);

beforeAll(async () => {
  if (noLabContainer !== undefined) return;
  containers = labContainers();
  source = await ScratchServer.start(containers, where('source'), needed);
  const { folder: _, ...place } = where('source');
  await outputText(containers, { ...place, argv: script('mkdir', 'mkdir /tmp/fast /tmp/slow') });
  const run = async (database: string, ...statements: readonly string[]) => {
    const session = await PsqlSession.open(containers, source.server, database);
    for (const statement of statements) await session.run(statement);
    session.close();
  };
  await run(
    'postgres',
    "CREATE TABLESPACE fast LOCATION '/tmp/fast'",
    "CREATE TABLESPACE slow LOCATION '/tmp/slow'",
    'CREATE DATABASE shop',
    'CREATE DATABASE plain',
    'CREATE DATABASE archive TABLESPACE fast CONNECTION LIMIT 7',
    "ALTER DATABASE archive SET timezone = 'Asia/Kolkata'",
  );
  const tables = [
    'CREATE TABLE public.a (id int PRIMARY KEY) TABLESPACE slow',
    'CREATE TABLE public.b (id int PRIMARY KEY)',
    'CREATE INDEX b_id ON public.b (id) TABLESPACE slow',
    'INSERT INTO public.a SELECT generate_series(1, 100)',
  ];
  await run('shop', ...tables);
  await run('archive', ...tables);
  await run('plain', 'CREATE TABLE public.a (id int PRIMARY KEY)', 'CREATE INDEX a_id ON public.a (id)');
}, 120_000);

afterAll(async () => {
  if (noLabContainer !== undefined) return;
  await source.stop();
  containers.remove();
});

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

test.for([
  ['shop', ['slow'], { limit: -1, settings: null }] as const,
  ['archive', ['fast', 'slow'], { limit: 7, settings: 'TimeZone=Asia/Kolkata' }] as const,
])(
  '%s is proven, and comes back, on a server without its tablespaces',
  { timeout: 120_000 },
  async ([database, tablespaces, kept], context) => {
    skipWhen(context, noLabContainer);
    const { details, dump } = await taken(database);
    expect(details.tablespaces).toEqual(tablespaces);
    for (const pod of ['scratch', 'new']) {
      const made = await ScratchServer.start(containers, where(pod), needed);
      const tools = { programs: containers, clock: systemClock };
      try {
        const plain = () => one(dump);
        const told = `what lay in tablespaces ${tablespaces.join(', ')} is in the usual one`;
        const found =
          pod === 'scratch'
            ? await proveDatabase(tools, made, details, { bytes: dump.length, plain: plain(), jobs: 2 })
            : await restoreWholeDatabase(tools, made.server, { details, plain, wasBegun: false });
        expect(found).toMatchObject({ differences: [], ...(pod === 'new' && { notes: [told] }) });
        const session = await PsqlSession.open(containers, made.server, 'postgres');
        const properties = await session.row(
          `SELECT datconnlimit AS "limit", (SELECT setconfig[1] FROM pg_catalog.pg_db_role_setting WHERE setdatabase = d.oid) AS settings
         FROM pg_catalog.pg_database d WHERE datname = '${database}'`,
          z.object({ limit: z.number(), settings: z.string().nullable() }),
        );
        session.close();
        expect(properties).toEqual(kept);
      } finally {
        await made.stop();
      }
    }
  },
);

test('without tablespaces the digest of definitions is the one that older backups have', async (context) => {
  skipWhen(context, noLabContainer);
  const { details } = await taken('plain');
  expect(details.tablespaces).toBeUndefined();
  const text = await outputText(
    containers,
    programOf(source.server, 'pg_dump', '--schema-only', '-d', 'plain'),
  );
  const lines = text.split('\n').filter((line) => !/^(?:--.*|\\(?:un)?restrict .*|\s*)$/.test(line));
  expect(lines).toContain("SET default_tablespace = '';");
  const digest = createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');
  expect(details.schemaSha256).toBe(digest);
});
