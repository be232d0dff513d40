import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { S3Store } from '../../src/adapters/backup-stores/s3.ts';
import { StoreUnavailable } from '../../src/adapters/backup-stores/store-unavailable.ts';
import type { BackupStore } from '../../src/ports/backup-store.ts';
import { noS3Server, realS3Server, type RealS3Server } from '../fakes/real-s3-server.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

let s3: RealS3Server | undefined;

beforeAll(async () => {
  if (noS3Server === undefined) s3 = await realS3Server();
}, 60_000);

afterAll(async () => {
  await s3?.stop();
});

/** A place of each kind; `around`: one that it lies within, as a folder of photos. */
const kinds: Readonly<Record<string, (around?: BackupStore) => BackupStore>> = {
  folder: (around) =>
    new FolderStore(
      around === undefined ? path.join(temporaryFolder(), 'backups') : path.join(around.place, 'photos'),
    ),
  's3-compatible storage': (around) => {
    if (s3 === undefined) throw new Error('the server was not started');
    const own = `stack-${randomBytes(4).toString('hex')}`;
    return new S3Store({
      bucket: s3.bucket,
      prefix: around === undefined ? own : `${around.place.slice(`s3://${s3.bucket}/`.length)}/photos`,
      client: s3.client,
    });
  },
};

/** A backup's id. */
const one = '20260101T120000Z-b001';
type Ids = [string, string, string];

/** A stream that breaks after this much. */
function breaking(bytes: Buffer): Readable {
  return Readable.from(
    (function* () {
      yield bytes;
      throw new Error('the pod went away');
    })(),
  );
}

describe.each(Object.entries(kinds))('backups in a %s', (kind, make) => {
  const needed = kind === 'folder' ? undefined : noS3Server;

  test('are there as a whole or not at all', async (context) => {
    skipWhen(context, needed);
    const store = make();
    expect(await store.ids()).toEqual([]);
    const large = randomBytes(40_000_000);
    const stored = await store.put(one, 'database.dump', Readable.from([large]));
    expect(stored).toMatchObject({ name: 'database.dump', bytes: 40_000_000 });
    expect(stored.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await store.ids()).toEqual([]);
    expect(await store.unfinished()).toEqual([one]);
    await store.commit(one);
    expect(await store.ids()).toEqual([one]);
    expect(await store.unfinished()).toEqual([]);
    const back = await store.get(one, 'database.dump');
    expect((await buffer(back as Readable)).equals(large)).toBe(true);
  });

  test('take another file later, and replace one', async (context) => {
    skipWhen(context, needed);
    const store = make();
    await store.put(one, 'a', Readable.from([Buffer.from('one')]));
    await store.commit(one);
    await store.put(one, 'proof.json', Readable.from([Buffer.from('{}')]));
    await store.put(one, 'a', Readable.from([Buffer.from('two')]));
    expect(await store.names(one)).toEqual(['a', 'proof.json']);
    expect((await buffer((await store.get(one, 'a')) as Readable)).toString()).toBe('two');
  });

  test('have nothing of a file whose stream broke', async (context) => {
    skipWhen(context, needed);
    const store = make();
    await expect(store.put(one, 'a', breaking(Buffer.alloc(20_000_000)))).rejects.toThrow(
      'the pod went away',
    );
    expect(await store.names(one)).toEqual([]);
    expect(await store.get(one, 'a')).toBeUndefined();
    await store.put(one, 'a', Readable.from([Buffer.from('again')]));
    expect(await store.names(one)).toEqual(['a']);
  });

  test('are listed in order, and a deleted one is gone', async (context) => {
    skipWhen(context, needed);
    const store = make();
    const [first, second, third] = [1, 2, 3].map((day) => `2026010${day}T120000Z-0000`) as Ids;
    for (const id of [second, first, third]) {
      await store.put(id, 'a', Readable.from([Buffer.from(id)]));
      await store.commit(id);
    }
    await store.remove(second);
    expect(await store.ids()).toEqual([first, third]);
    expect(await store.get(second, 'a')).toBeUndefined();
  });

  test('have an unfinished one that can be deleted', async (context) => {
    skipWhen(context, needed);
    const store = make();
    await store.put(one, 'a', Readable.from([Buffer.from('x')]));
    await store.remove(one);
    expect(await store.unfinished()).toEqual([]);
  });

  test('are only what has the name of one: what else lies in the place is left alone', async (context) => {
    skipWhen(context, needed);
    const store = make();
    const inner = make(store);
    for (const each of [store, inner]) {
      await each.put(one, 'a', Readable.from([Buffer.from('x')]));
      await each.commit(one);
    }
    expect(await store.ids()).toEqual([one]);
    expect(await store.unfinished()).toEqual([]);
    await expect(store.remove('photos')).rejects.toThrow(/no name of a backup.*photos/);
    await expect(store.put('photos', 'a', Readable.from([]))).rejects.toThrow(StoreUnavailable);
    await store.remove(one);
    expect(await store.ids()).toEqual([]);
    expect(await inner.names(one)).toEqual(['a']);
  });

  test.each(['../b', 'a/b', '', '.x', 'a\nb'])('have no name like %j', async (name) => {
    const store = make();
    await expect(store.put(one, name, Readable.from([]))).rejects.toThrow(StoreUnavailable);
    await expect(store.get(name, 'a')).rejects.toThrow(StoreUnavailable);
  });
});

test('a folder is for its user only, also for who knows the name of a file', async () => {
  const root = path.join(temporaryFolder(), 'backups');
  const store = new FolderStore(root);
  await store.put(one, 'a', Readable.from([Buffer.from('x')]));
  await store.commit(one);
  expect(statSync(root).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(root, one)).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(root, one, 'a')).mode & 0o777).toBe(0o600);
});

test('a folder that cannot be one says so, and is not an empty store', async () => {
  const file = path.join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(new FolderStore(file).ids()).rejects.toThrow(/could not be listed.*ENOTDIR/);
});

test('what a killed deletion has left goes with the next one', async () => {
  const root = path.join(temporaryFolder(), 'backups');
  const store = new FolderStore(root);
  await store.put(one, 'a', Readable.from([Buffer.from('x')]));
  await store.commit(one);
  const left = '20260101T120000Z-b002.6f0e.deleted';
  for (const name of [left, 'photos.deleted']) mkdirSync(path.join(root, name));
  await store.remove(one);
  expect(readdirSync(root)).toEqual(['photos.deleted']);
});

test('a bucket that is not there is no empty store', async (context) => {
  skipWhen(context, noS3Server);
  if (s3 === undefined) throw new Error('the server was not started');
  const store = new S3Store({ bucket: 'no-such-bucket', prefix: '', client: s3.client });
  await expect(store.ids()).rejects.toThrow(/could not be listed.*s3:\/\/no-such-bucket/);
});

test('a deletion in a bucket ends with the manifest: what a kill leaves says whose it is', async () => {
  const deleted: string[] = [];
  const keys = ['.committed', 'a.age', 'manifest.json', 'proof-20260101T130000Z.json', 'z.age'];
  const listed = keys.map((key) => `<Contents><Key>p/${one}/${key}</Key></Contents>`).join('');
  const server = createServer(({ method, url = '' }, response) => {
    if (method === 'DELETE') deleted.push(path.basename(new URL(url, 'http://s3').pathname));
    response.setHeader('content-type', 'application/xml');
    response.writeHead(method === 'DELETE' ? 204 : 200);
    response.end(method === 'DELETE' ? undefined : `<ListBucketResult>${listed}</ListBucketResult>`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  };
  await new S3Store({ bucket: 'b', prefix: 'p', client }).remove(one);
  server.closeAllConnections();
  server.close();
  expect(deleted[0]).toBe('.committed');
  expect(deleted.at(-1)).toBe('manifest.json');
  expect(deleted.toSorted()).toEqual(keys);
});

test('what a killed write has left is not kept with a backup that was gone on with', async () => {
  const root = path.join(temporaryFolder(), 'backups');
  const store = new FolderStore(root);
  await store.put(one, 'a', Readable.from([Buffer.from('x')]));
  writeFileSync(path.join(root, `${one}.unfinished`, '.part-6f0e'), 'half');
  await store.commit(one);
  expect(readdirSync(path.join(root, one))).toEqual(['a']);
});
