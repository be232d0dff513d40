import { afterAll, beforeAll, expect, test } from 'vitest';

import { systemClock } from '../../src/adapters/system-clock.ts';
import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { createBackup } from '../../src/backup/create.ts';
import { databaseParts, databasesOf } from '../../src/backup/database-parts.ts';
import { newIdentity } from '../../src/backup/encryption.ts';
import { restoreWholeDatabase } from '../../src/backup/from-nothing/restore-whole-database.ts';
import { partsOf } from '../../src/backup/manifest.ts';
import type { ServerInPod } from '../../src/backup/postgres/psql-session.ts';
import { swapCommands } from '../../src/backup/postgres/restore-beside.ts';
import { ScratchServer } from '../../src/backup/postgres/scratch-server.ts';
import { readPart } from '../../src/backup/store-part.ts';
import { proveWithFiles } from '../fakes/lab-backup.ts';
import { labContainers, noLabContainer, type LabContainers } from '../fakes/lab-container.ts';
import { labBinaries, psql } from '../fakes/lab-postgres.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const needed = { binaries: labBinaries, preloaded: '', superuser: 'postgres' };
const place = (pod: string) => ({ namespace: 'shop', pod, container: 'postgres', folder: '/tmp/scratch' });
const key = await newIdentity();

let containers: LabContainers;
let source: ServerInPod;

const started = async (pod: string) => (await ScratchServer.start(containers, place(pod), needed)).server;
const tools = () => ({ programs: containers, clock: systemClock, say: () => undefined });

/** As Spilo's image has it in each database: it holds nothing of anybody's. */
const ofTheImage = 'CREATE TABLE public.postgres_log (log_time timestamptz)';

beforeAll(async () => {
  if (noLabContainer !== undefined) return;
  containers = labContainers();
  source = await started('db-0');
  await psql(containers, source, 'postgres', 'CREATE DATABASE shop', ofTheImage);
}, 60_000);

afterAll(() => {
  if (noLabContainer === undefined) containers.remove();
});

test(
  'the database that every server has is taken where somebody has put rows into it, proven and brought back',
  { timeout: 120_000 },
  async (context) => {
    skipWhen(context, noLabContainer);
    const servers = { primary: source };
    expect(await databasesOf(tools(), servers)).toEqual(['shop']);
    await psql(
      containers,
      source,
      'postgres',
      'CREATE TABLE orders (id int PRIMARY KEY)',
      'INSERT INTO orders SELECT generate_series(1, 500)',
    );
    const databases = await databasesOf(tools(), servers);
    expect(databases).toEqual(['shop', 'postgres']);

    const store = new FolderStore(temporaryFolder());
    const { signal } = new AbortController();
    const manifest = await createBackup(
      { ...tools(), store, recipients: [key.recipient], signal },
      { stack: 'shop', context: 'k3d-shop', tool: 'test' },
      databaseParts(tools(), 'shop-db', servers, databases),
      [],
    );
    const backups = { containers, store, recipient: key.recipient, said: [] };
    const proof = await proveWithFiles(backups, manifest.id, key.identity);
    expect(proof).toMatchObject({ verdict: 'proven', reasons: [] });

    // The operator's new server has an empty one, with what its image puts into it.
    const made = await started('new-0');
    await psql(containers, made, 'postgres', ofTheImage);
    const part = partsOf(manifest, 'database').find(({ of }) => of.database === 'postgres');
    if (part === undefined) throw new Error('no such database');
    const plain = () => readPart(store, manifest.id, part, [key.identity]);
    const whole = { details: part.of, plain, wasBegun: false };
    for (const notes of [[], ['it was restored already']])
      expect(await restoreWholeDatabase(tools(), made, whole)).toEqual({ differences: [], notes });
    expect(await psql(containers, made, 'postgres', 'SELECT count(*) FROM orders')).toBe('500\n');
    await psql(containers, made, 'postgres', 'INSERT INTO orders VALUES (501)');
    await expect(restoreWholeDatabase(tools(), made, whole)).rejects.toThrow(/rows already/);
    const { notes } = await restoreWholeDatabase(tools(), made, { ...whole, wasBegun: true });
    expect(notes).toEqual([expect.stringMatching(/kept as postgres_half_\d+$/)]);
  },
);

test('nobody renames a database while being in it', () => {
  const server = { namespace: 'shop', pod: 'db-0', container: 'postgres', superuser: 'postgres' };
  expect(swapCommands(server, 'shop', 'shop_1')[0]).toContain(' -d postgres ');
  expect(swapCommands(server, 'postgres', 'postgres_1')[0]).toContain(' -d template1 ');
});
