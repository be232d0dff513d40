import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { BackupCopy, corruptions, type GoodBackup } from '../../bench/backup/corruptions.ts';
import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { createBackup } from '../../src/backup/create.ts';
import { databaseParts, databasesOf } from '../../src/backup/database-parts.ts';
import { newIdentity } from '../../src/backup/encryption.ts';
import type { Proof } from '../../src/backup/evidence.ts';
import type { BackupManifest } from '../../src/backup/manifest.ts';
import { PsqlSession, type ServerInPod } from '../../src/backup/postgres/psql-session.ts';
import { restoreBeside } from '../../src/backup/postgres/restore-beside.ts';
import { ScratchServer, type NeededServer } from '../../src/backup/postgres/scratch-server.ts';
import { outputText } from '../../src/backup/program-output.ts';
import { NoScratchPlace } from '../../src/backup/no-scratch-place.ts';
import { readPart } from '../../src/backup/store-part.ts';
import { verifyBackup } from '../../src/backup/verify.ts';
import { labContainers, noLabContainer, type LabContainers } from '../fakes/lab-container.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const needed: NeededServer = { binaries: '/usr/lib/postgresql/15/bin', preloaded: '', superuser: 'postgres' };
const place = (pod: string) => ({ namespace: 'shop', pod, container: 'postgres', folder: '/tmp/scratch' });
const said: string[] = [];
const say = (line: string) => void said.push(line);

let containers: LabContainers;
let source: ServerInPod;
let root: string;
let manifest: BackupManifest;
const key = await newIdentity();
const stranger = await newIdentity();

async function psql(database: string, ...statements: readonly string[]): Promise<void> {
  const words = statements.flatMap((statement) => ['-c', statement]);
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
  await outputText(containers, { ...place('db-0'), argv: [...argv, '-d', database, ...words] });
}

const tools = () => ({ programs: containers, clock: systemClock, say });

async function backUp(store: FolderStore): Promise<BackupManifest> {
  const servers = { primary: source };
  const databases = await databasesOf(tools(), servers);
  const context = {
    store,
    clock: systemClock,
    recipients: [key.recipient],
    say,
    signal: new AbortController().signal,
  };
  const identity = { stack: 'shop', context: 'k3d-shop', tool: 'test' };
  return createBackup(context, identity, databaseParts(tools(), 'shop-db', servers, databases), []);
}

async function verified(
  store: FolderStore,
  id = manifest.id,
  identities: readonly string[] = [key.identity],
): Promise<Proof> {
  return verifyBackup(
    {
      ...tools(),
      store,
      identities,
      tool: 'test',
      jobs: 2,
      redisOf: () => place('db-0'),
      withScratchPlace: (_needed, use) => use(place('scratch'), needed),
      withScratchServer: async ({ serverVersion }, use) => {
        if (Math.floor(serverVersion / 10_000) !== 15)
          throw new NoScratchPlace({
            what: 'No such version',
            cause: 'only 15',
            place: 'here',
            next: 'Go there.',
          });
        const scratch = await ScratchServer.start(containers, place('scratch'), needed);
        try {
          return await use(scratch);
        } finally {
          await scratch.stop();
        }
      },
    },
    id,
  );
}

beforeAll(async () => {
  if (noLabContainer !== undefined) return;
  containers = labContainers();
  source = (await ScratchServer.start(containers, place('db-0'), needed)).server;
  await psql(
    'postgres',
    "CREATE ROLE app LOGIN PASSWORD 'x'",
    'CREATE ROLE clerk',
    'CREATE DATABASE shop OWNER app',
  );
  await psql(
    'shop',
    'CREATE EXTENSION pg_trgm',
    'CREATE TABLE orders (id int PRIMARY KEY, what text)',
    'ALTER TABLE orders OWNER TO app',
    'GRANT SELECT ON orders TO clerk',
    'INSERT INTO orders SELECT n, md5(n::text) || md5((n + 1)::text) FROM generate_series(1, 20000) n',
  );
  root = mkdtempSync(path.join(tmpdir(), 'rekindle-backups-'));
  manifest = await backUp(new FolderStore(path.join(root, 'good')));
}, 120_000);

afterAll(() => {
  if (noLabContainer !== undefined) return;
  containers.remove();
  rmSync(root, { recursive: true, force: true });
});

const dump = 'shop-db.shop.dump.age';
const good = (): GoodBackup => ({
  root: path.join(root, 'good'),
  manifest,
  key,
  stranger,
  dump,
  roles: 'shop-db.roles.sql.age',
  role: 'clerk',
});

const copyOf = (name: string) => new BackupCopy(good(), path.join(root, name.replaceAll(' ', '-')));

test('a good backup is proven, every time', async (context) => {
  skipWhen(context, noLabContainer);
  for (let i = 0; i < 2; i++) {
    const proof = await verified(new FolderStore(path.join(root, 'good')));
    expect(proof).toMatchObject({ verdict: 'proven', reasons: [], restoredInto: expect.any(Number) });
  }
});

test.each(corruptions)('caught: $name', async ({ name, verdict, told, spoil }) => {
  if (noLabContainer !== undefined) return;
  const copy = copyOf(name);
  await spoil(copy);
  const proof = await verified(new FolderStore(copy.folder));
  const words = [
    ...proof.parts.flatMap(({ file, differences }) => differences.map((text) => `${file}: ${text}`)),
    ...proof.reasons,
  ];
  expect(words.join('; ')).toMatch(told);
  expect(proof.verdict).toBe(verdict);
});

test('caught: the wrong key', async (context) => {
  skipWhen(context, noLabContainer);
  const proof = await verified(new FolderStore(path.join(root, 'good')), manifest.id, [stranger.identity]);
  expect(proof).toMatchObject({ verdict: 'could-not-tell', parts: [] });
  expect(proof.reasons.join()).toContain(`made for (${key.recipient})`);
});

test('a store that cannot be read is no bad backup', async (context) => {
  skipWhen(context, noLabContainer);
  const file = path.join(root, 'a-file');
  writeFileSync(file, '');
  expect(await verified(new FolderStore(file))).toMatchObject({ verdict: 'could-not-tell' });
});

test('an interrupted backup is gone on with, and nothing of it is listed before', async (context) => {
  skipWhen(context, noLabContainer);
  const store = new FolderStore(path.join(root, 'interrupted'));
  containers.before = ({ argv }) => {
    if (argv[0].endsWith('pg_dump')) throw new Error('the API went away');
  };
  await expect(backUp(store)).rejects.toThrow('the API went away');
  containers.before = () => undefined;
  expect(await store.ids()).toEqual([]);
  const [begun] = await store.unfinished();
  containers.started.length = 0;
  const whole = await backUp(store);
  expect(whole.id).toBe(begun);
  expect(containers.started.filter((line) => line.includes('pg_dumpall'))).toEqual([]);
  expect(await verified(store, whole.id)).toMatchObject({ verdict: 'proven' });
});

test('a restore comes beside the database that is in use, with its properties, and touches nothing', async (context) => {
  skipWhen(context, noLabContainer);
  const store = new FolderStore(path.join(root, 'good'));
  const part = copyOf('beside').part(dump);
  if (part.of.kind !== 'database') throw new Error('no database');
  const details = part.of;
  await psql(
    'postgres',
    "ALTER DATABASE shop SET timezone = 'Asia/Kolkata'",
    'REVOKE CONNECT ON DATABASE shop FROM PUBLIC',
    'GRANT CONNECT ON DATABASE shop TO clerk',
  );
  const plain = () => readPart(store, manifest.id, part, [key.identity]);
  const restored = await restoreBeside(tools(), source, {
    details,
    backup: '20260101T120000Z-aaaa',
    plain,
  });
  expect(restored).toMatchObject({ name: 'shop_20260101T120000Z', differences: [] });
  const session = await PsqlSession.open(containers, source, restored.name);
  const facts = await session.row(
    `SELECT (SELECT count(*) FROM public.orders) AS rows, EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
         WHERE d.datname = current_database() AND 'TimeZone=Asia/Kolkata' = ANY (s.setconfig)) AS zone,
       has_database_privilege('clerk', current_database(), 'CONNECT') AS clerk,
       has_database_privilege('public', current_database(), 'CONNECT') AS everybody`,
    z.object({ rows: z.number(), zone: z.boolean(), clerk: z.boolean(), everybody: z.boolean() }),
  );
  session.close();
  expect(facts).toMatchObject({ rows: 20_000, zone: true, clerk: true, everybody: false });
  const again = restoreBeside(tools(), source, { details, backup: '20260101T120000Z-bbbb', plain });
  await expect(again).rejects.toThrow('there is a database shop_20260101T120000Z already');
});

test('a restore that fails on its way leaves nothing', async (context) => {
  skipWhen(context, noLabContainer);
  const copy = copyOf('fails-on-its-way');
  const part = copy.part(dump);
  if (part.of.kind !== 'database') throw new Error('no database');
  truncateSync(copy.dump, 300_000);
  const plain = () => readPart(new FolderStore(copy.folder), manifest.id, part, [key.identity]);
  const doing = restoreBeside(tools(), source, { details: part.of, backup: '20270101T120000Z-aaaa', plain });
  await expect(doing).rejects.toThrow(/decrypted/);
  const session = await PsqlSession.open(containers, source, 'postgres');
  const found = await session.query(
    "SELECT datname AS name FROM pg_catalog.pg_database WHERE datname LIKE 'shop_2027%'",
    z.object({ name: z.string() }),
  );
  session.close();
  expect(found).toEqual([]);
});
