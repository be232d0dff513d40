import { cpSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { createBackup } from '../../src/backup/create.ts';
import { databaseParts, databasesOf } from '../../src/backup/database-parts.ts';
import { encrypted, newIdentity } from '../../src/backup/encryption.ts';
import type { Proof } from '../../src/backup/evidence.ts';
import {
  manifestName,
  parseManifest,
  type BackupManifest,
  type BackupPart,
} from '../../src/backup/manifest.ts';
import { PsqlSession, type ServerInPod } from '../../src/backup/postgres/psql-session.ts';
import { restoreBeside } from '../../src/backup/postgres/restore-beside.ts';
import { ScratchServer, type NeededServer } from '../../src/backup/postgres/scratch-server.ts';
import { outputText } from '../../src/backup/program-output.ts';
import { NoScratchPlace } from '../../src/backup/scratch-pod.ts';
import { readPart, storePart } from '../../src/backup/store-part.ts';
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
const roles = 'shop-db.roles.sql.age';

interface Copy {
  readonly folder: string;
  readonly store: FolderStore;
  readonly at: (file: string) => string;
}

/** A copy of the good backup that may be spoilt. */
function copyOf(name: string): Copy {
  const folder = path.join(root, name);
  cpSync(path.join(root, 'good'), folder, { recursive: true });
  return { folder, store: new FolderStore(folder), at: (file) => path.join(folder, manifest.id, file) };
}

function flip(file: string, at: (size: number) => number): void {
  const bytes = readFileSync(file);
  const index = at(bytes.length);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

function changeManifest({ at }: Copy, change: (manifest: BackupManifest) => BackupManifest): void {
  const file = at(manifestName);
  writeFileSync(file, JSON.stringify(change(parseManifest(readFileSync(file, 'utf8')))));
}

const changePart = (copy: Copy, file: string, change: (part: BackupPart) => BackupPart): void =>
  changeManifest(copy, (whole) => ({
    ...whole,
    parts: whole.parts.map((part) => (part.file === file ? change(part) : part)),
  }));

const partOf = (file: string): BackupPart => {
  const part = manifest.parts.find((entry) => entry.file === file);
  if (part === undefined) throw new Error(file);
  return part;
};

/** Stores other plain bytes under that name, with digests that fit: what was wrong before it was stored. */
async function replacePlain(copy: Copy, file: string, change: (plain: Buffer) => Buffer): Promise<void> {
  const plain = await buffer(Readable.from(readPart(copy.store, manifest.id, partOf(file), [key.identity])));
  const other = change(plain);
  const stored = await storePart(
    { store: copy.store, recipients: [key.recipient] },
    manifest.id,
    file,
    Readable.from([other]),
  );
  changePart(copy, file, (part) => ({ ...part, ...stored }));
}

/** Each way in which a backup may be worth nothing, and what is said then. */
const corruptions: readonly (readonly [string, Proof['verdict'], RegExp, (copy: Copy) => unknown])[] = [
  ['a bit in the header of a file', 'bad', /decrypted/, ({ at }) => flip(at(dump), () => 30)],
  ['a bit in the middle of a file', 'bad', /decrypted/, ({ at }) => flip(at(dump), (size) => size >> 1)],
  ['the last bit of a file', 'bad', /decrypted/, ({ at }) => flip(at(dump), (size) => size - 1)],
  ['a bit in the roles', 'bad', /roles.*decrypted/, ({ at }) => flip(at(roles), (size) => size - 20)],
  [
    'a block of zeros',
    'bad',
    /decrypted/,
    ({ at }) => {
      const bytes = readFileSync(at(dump));
      writeFileSync(at(dump), bytes.fill(0, 8192, 12_288));
    },
  ],
  [
    'a file that is cut off',
    'bad',
    /decrypted/,
    ({ at }) => truncateSync(at(dump), Math.floor((partOf(dump).storedBytes * 2) / 3)),
  ],
  [
    'a file that is cut off at the end of a chunk',
    'bad',
    /decrypted/,
    ({ at }) => truncateSync(at(dump), partOf(dump).storedBytes - (partOf(dump).bytes % 65_536) - 16),
  ],
  ['an empty file', 'bad', /decrypted/, ({ at }) => writeFileSync(at(dump), '')],
  ['a file that is missing', 'bad', /missing/, ({ at }) => rmSync(at(dump))],
  [
    'bytes behind a file',
    'bad',
    /decrypted|not the file/,
    ({ at }) => writeFileSync(at(dump), Buffer.concat([readFileSync(at(dump)), Buffer.from('more')])),
  ],
  [
    'two files that were swapped',
    'bad',
    /not the file that was stored|does not hold|not everything arrived/,
    ({ at }) => {
      renameSync(at(dump), at('x'));
      renameSync(at(roles), at(dump));
      renameSync(at('x'), at(roles));
    },
  ],
  [
    'a file of somebody who has another key',
    'bad',
    /decrypted/,
    async ({ at }) =>
      writeFileSync(
        at(dump),
        await buffer(await encrypted(Readable.from([Buffer.from('x')]), [stranger.recipient])),
      ),
  ],
  ['a manifest that is missing', 'bad', /manifest is missing/, ({ at }) => rmSync(at(manifestName))],
  [
    'a manifest that is cut off',
    'bad',
    /manifest cannot be read/,
    ({ at }) => truncateSync(at(manifestName), 700),
  ],
  [
    'a manifest of another backup',
    'bad',
    /manifest is of/,
    (copy) => changeManifest(copy, (whole) => ({ ...whole, id: '20250101T000000Z-0000' })),
  ],
  [
    'a backup that was never finished',
    'bad',
    /never finished/,
    (copy) =>
      changeManifest(copy, (whole) => {
        const { finishedAt, ...rest } = whole;
        expect(finishedAt).toBeDefined();
        return rest;
      }),
  ],
  [
    'a dump that was cut off before it was stored',
    'bad',
    /pg_restore ended/,
    (copy) => replacePlain(copy, dump, (plain) => plain.subarray(0, plain.length >> 1)),
  ],
  [
    'a dump with a bit that was wrong before it was stored',
    'bad',
    /pg_restore ended|has other rows|has \d+ rows/,
    (copy) =>
      replacePlain(copy, dump, (plain) => {
        const other = Buffer.from(plain);
        const at = Math.floor((other.length * 2) / 3);
        other[at] = (other[at] ?? 0) ^ 4;
        return other;
      }),
  ],
  [
    'a role that is missing',
    'bad',
    /role "clerk" does not exist/,
    (copy) =>
      replacePlain(copy, roles, (plain) =>
        Buffer.from(
          plain
            .toString()
            .split('\n')
            .filter((line) => !line.includes('clerk'))
            .join('\n'),
        ),
      ),
  ],
  [
    'rows of another time',
    'bad',
    /public\.orders has 20000 rows instead of 20001/,
    (copy) =>
      changePart(copy, dump, (part) => {
        if (part.of.kind !== 'database') return part;
        const tables = part.of.tables.map((table) => ({ ...table, rows: table.rows + 1 }));
        return { ...part, of: { ...part.of, tables } };
      }),
  ],
  [
    'an extension that is missing',
    'bad',
    /extension postgis is missing/,
    (copy) =>
      changePart(copy, dump, (part) =>
        part.of.kind === 'database'
          ? { ...part, of: { ...part.of, extensions: { ...part.of.extensions, postgis: '3.3.2' } } }
          : part,
      ),
  ],
  [
    'another version of PostgreSQL',
    'could-not-tell',
    /No such version/,
    (copy) =>
      changePart(copy, dump, (part) =>
        part.of.kind === 'database' ? { ...part, of: { ...part.of, serverVersion: 140_012 } } : part,
      ),
  ],
];

test('a good backup is proven, every time', async (context) => {
  skipWhen(context, noLabContainer);
  for (let i = 0; i < 2; i++) {
    const proof = await verified(new FolderStore(path.join(root, 'good')));
    expect(proof).toMatchObject({ verdict: 'proven', reasons: [], restoredInto: expect.any(Number) });
  }
});

test.each(corruptions)('caught: %s', async (name, verdict, told, spoil) => {
  if (noLabContainer !== undefined) return;
  const copy = copyOf(name.replaceAll(' ', '-'));
  await spoil(copy);
  const proof = await verified(copy.store);
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
  const part = partOf(dump);
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
    plain: plain(),
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
  const again = restoreBeside(tools(), source, { details, backup: '20260101T120000Z-bbbb', plain: plain() });
  await expect(again).rejects.toThrow('there is a database shop_20260101T120000Z already');
});

test('a restore that fails on its way leaves nothing', async (context) => {
  skipWhen(context, noLabContainer);
  const part = partOf(dump);
  if (part.of.kind !== 'database') throw new Error('no database');
  const copy = copyOf('fails-on-its-way');
  truncateSync(copy.at(dump), 300_000);
  const plain = readPart(copy.store, manifest.id, part, [key.identity]);
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
