import path from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { FolderStore } from '../adapters/backup-stores/folder.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { BackupStore } from '../ports/backup-store.ts';
import { createBackup, type PartToTake } from './create.ts';
import { newIdentity } from './encryption.ts';
import { manifestName, type BackupManifest, type PartDetails } from './manifest.ts';
import { verifyBackup, type VerifyContext } from './verify.ts';

const key = await newIdentity();

/** An archive without files. */
async function* bytes(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(1024);
}

const part = (file: string, of: PartDetails): PartToTake => ({
  file,
  title: file,
  take: async (store) => ({ stored: await store(bytes()), of }),
});

const image = part('image.tar', { kind: 'image', image: 'shop:1', id: 'sha256:1' });
const roles = part('roles.sql', { kind: 'roles', cluster: 'shop-db', roles: [] });
const uploads = part('uploads.tar', {
  kind: 'uploads',
  claim: 'media',
  pod: 'django-1',
  path: '/media',
  files: 0,
  fileBytes: 0,
  entries: [],
  changed: [],
});

function madeOf(
  store: FolderStore,
  parts: readonly PartToTake[],
  expected?: BackupManifest['expected'],
): Promise<BackupManifest> {
  const { signal } = new AbortController();
  const context = { store, clock: systemClock, recipients: [key.recipient], say: () => undefined, signal };
  const identity = { stack: 'shop', context: 'k3d-shop', tool: 'test', expected };
  return createBackup(context, identity, parts, []);
}

function verified(store: BackupStore, id: string) {
  const context: Partial<VerifyContext> = {
    store,
    clock: systemClock,
    identities: [key.identity],
    tool: 'test',
    say: () => undefined,
    jobs: 1,
    redisOf: () => undefined,
  };
  return verifyBackup(context as VerifyContext, id);
}

test('a backup without any data is never proven, however well it can be read', async () => {
  const store = new FolderStore(temporaryFolder());
  const { id } = await madeOf(store, [image, roles]);
  expect(await verified(store, id)).toMatchObject({
    verdict: 'could-not-tell',
    reasons: ['it holds no data: no database, no Redis, no files'],
  });
});

test('a backup that lacks a database or a Redis of the stack is not proven', async () => {
  const store = new FolderStore(temporaryFolder());
  const expected = { databaseClusters: ['shop-db', 'crm-db'], redis: ['redis'] };
  const { id } = await madeOf(store, [uploads, roles], expected);
  expect(await verified(store, id)).toMatchObject({
    verdict: 'could-not-tell',
    reasons: [
      'database cluster crm-db belongs to the stack and is not in it',
      'Redis redis belongs to the stack and is not in it',
    ],
  });
});

/** A store of which only so much comes of each file, and then this. */
function brokenAfter(store: FolderStore, size: number, error: Error): BackupStore {
  const get = async (id: string, name: string): Promise<Readable | undefined> => {
    const whole = await store.get(id, name);
    if (whole === undefined || name === manifestName) return whole;
    return Readable.from(
      (async function* () {
        yield (await buffer(whole)).subarray(0, size);
        throw error;
      })(),
    );
  };
  return { place: 's3://bucket', get } as Partial<BackupStore> as BackupStore;
}

test.each([0, 150, 1000])('a network that breaks after %i bytes makes no backup bad', async (size) => {
  const store = new FolderStore(temporaryFolder());
  const { id } = await madeOf(store, [uploads]);
  const { verdict, reasons, parts } = await verified(
    brokenAfter(store, size, new Error('read ECONNRESET')),
    id,
  );
  expect({ verdict, reasons, parts }).toEqual({
    verdict: 'could-not-tell',
    reasons: ['uploads.tar.age: read ECONNRESET'],
    parts: [],
  });
});

test('a cluster of nodes is no cluster of databases, whatever its name', async () => {
  const store = new FolderStore(temporaryFolder());
  const definition = part('d.json', { kind: 'cluster-definition', cluster: 'shop-db', nodes: 1, images: 0 });
  const { id } = await madeOf(store, [definition, uploads], { databaseClusters: ['shop-db'], redis: [] });
  const { reasons } = await verified(store, id);
  expect(reasons).toContain('database cluster shop-db belongs to the stack and is not in it');
});

test('a manifest of an older version, which says nothing of what the stack had, is read as before', async () => {
  const store = new FolderStore(temporaryFolder());
  const { id } = await madeOf(store, [roles, uploads], { databaseClusters: ['shop-db'], redis: [] });
  const file = path.join(store.place, id, manifestName);
  const { expected, ...older } = JSON.parse(readFileSync(file, 'utf8')) as BackupManifest;
  expect(expected).toEqual({ databaseClusters: ['shop-db'], redis: [] });
  writeFileSync(file, JSON.stringify(older));
  expect(await verified(store, id)).toMatchObject({ verdict: 'proven', reasons: [] });
});
