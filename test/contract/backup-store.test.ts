import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
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

const kinds: Readonly<Record<string, () => BackupStore>> = {
  folder: () => new FolderStore(path.join(temporaryFolder(), 'backups')),
  's3-compatible storage': () => {
    if (s3 === undefined) throw new Error('the server was not started');
    return new S3Store({
      bucket: s3.bucket,
      prefix: `stack-${randomBytes(4).toString('hex')}`,
      client: s3.client,
    });
  },
};

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
    const stored = await store.put('b-1', 'database.dump', Readable.from([large]));
    expect(stored).toMatchObject({ name: 'database.dump', bytes: 40_000_000 });
    expect(stored.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await store.ids()).toEqual([]);
    expect(await store.unfinished()).toEqual(['b-1']);
    await store.commit('b-1');
    expect(await store.ids()).toEqual(['b-1']);
    expect(await store.unfinished()).toEqual([]);
    const back = await store.get('b-1', 'database.dump');
    expect((await buffer(back as Readable)).equals(large)).toBe(true);
  });

  test('take another file later, and replace one', async (context) => {
    skipWhen(context, needed);
    const store = make();
    await store.put('b-1', 'a', Readable.from([Buffer.from('one')]));
    await store.commit('b-1');
    await store.put('b-1', 'proof.json', Readable.from([Buffer.from('{}')]));
    await store.put('b-1', 'a', Readable.from([Buffer.from('two')]));
    expect(await store.names('b-1')).toEqual(['a', 'proof.json']);
    expect((await buffer((await store.get('b-1', 'a')) as Readable)).toString()).toBe('two');
  });

  test('have nothing of a file whose stream broke', async (context) => {
    skipWhen(context, needed);
    const store = make();
    await expect(store.put('b-1', 'a', breaking(Buffer.alloc(20_000_000)))).rejects.toThrow(
      'the pod went away',
    );
    expect(await store.names('b-1')).toEqual([]);
    expect(await store.get('b-1', 'a')).toBeUndefined();
    await store.put('b-1', 'a', Readable.from([Buffer.from('again')]));
    expect(await store.names('b-1')).toEqual(['a']);
  });

  test('are listed in order, and a deleted one is gone', async (context) => {
    skipWhen(context, needed);
    const store = make();
    for (const id of ['20260102', '20260101', '20260103']) {
      await store.put(id, 'a', Readable.from([Buffer.from(id)]));
      await store.commit(id);
    }
    await store.remove('20260102');
    expect(await store.ids()).toEqual(['20260101', '20260103']);
    expect(await store.get('20260102', 'a')).toBeUndefined();
  });

  test('have an unfinished one that can be deleted', async (context) => {
    skipWhen(context, needed);
    const store = make();
    await store.put('b-1', 'a', Readable.from([Buffer.from('x')]));
    await store.remove('b-1');
    expect(await store.unfinished()).toEqual([]);
  });

  test.each(['../b', 'a/b', '', '.x', 'a\nb'])('have no name like %j', async (name) => {
    const store = make();
    await expect(store.put('b-1', name, Readable.from([]))).rejects.toThrow(StoreUnavailable);
    await expect(store.get(name, 'a')).rejects.toThrow(StoreUnavailable);
  });
});

test('a folder is for its user only, also for who knows the name of a file', async () => {
  const root = path.join(temporaryFolder(), 'backups');
  const store = new FolderStore(root);
  await store.put('b-1', 'a', Readable.from([Buffer.from('x')]));
  await store.commit('b-1');
  expect(statSync(root).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(root, 'b-1')).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(root, 'b-1', 'a')).mode & 0o777).toBe(0o600);
});

test('a folder that cannot be one says so, and is not an empty store', async () => {
  const file = path.join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(new FolderStore(file).ids()).rejects.toThrow(/could not be listed.*ENOTDIR/);
});

test('what a killed deletion has left goes with the next one', async () => {
  const root = path.join(temporaryFolder(), 'backups');
  const store = new FolderStore(root);
  await store.put('b-1', 'a', Readable.from([Buffer.from('x')]));
  await store.commit('b-1');
  await store.put('b-2.x.deleted'.replaceAll('.deleted', ''), 'a', Readable.from([Buffer.from('x')]));
  await store.remove('b-1');
  expect(readdirSync(root)).toEqual(['b-2.x.unfinished']);
  expect(existsSync(path.join(root, 'b-1'))).toBe(false);
});

test('a bucket that is not there is no empty store', async (context) => {
  skipWhen(context, noS3Server);
  if (s3 === undefined) throw new Error('the server was not started');
  const store = new S3Store({ bucket: 'no-such-bucket', prefix: '', client: s3.client });
  await expect(store.ids()).rejects.toThrow(/could not be listed.*s3:\/\/no-such-bucket/);
});
