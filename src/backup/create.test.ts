import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

import { recipient, smallBackup, smallPart } from '../../test/fakes/small-backup.ts';
import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { VirtualClock } from '../../test/fakes/virtual-clock.ts';
import { FolderStore } from '../adapters/backup-stores/folder.ts';
import { createBackup, type PartToTake } from './create.ts';
import { shelved } from './shelf.ts';

const full: PartToTake = {
  file: 'shop.dump',
  title: 'database shop',
  take: () => Promise.reject(new Error('no space left')),
};
const later: PartToTake = { ...smallPart, file: 'shop.dump' };

interface Attempt {
  readonly at: string;
  readonly stack?: string;
  readonly recipients?: readonly string[];
  readonly parts: readonly PartToTake[];
  readonly say?: (line: string) => void;
  /** How long a part takes, ms. */
  readonly partMs?: number;
}

async function attempt(store: FolderStore, given: Attempt) {
  const { at, stack = 'shop', recipients = [recipient], parts, say = () => undefined, partMs = 0 } = given;
  const clock = new VirtualClock(Date.parse(at));
  const { signal } = new AbortController();
  const slowly = parts.map(({ file, title, take }): PartToTake => ({
    file,
    title,
    take: async (...words) => {
      await clock.sleep(partMs);
      return take(...words);
    },
  }));
  const identity = { stack, context: 'k3d-shop', tool: 'test' };
  return createBackup({ store, clock, recipients, say, signal }, identity, slowly, []);
}

test('what nobody can go on with is removed: only of this stack and this key', async () => {
  const store = new FolderStore(temporaryFolder());
  const at = '2026-11-01T03:00:00Z';
  const another = 'age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg';
  for (const changes of [{}, { stack: 'crm' }, { recipients: [another] }])
    await expect(attempt(store, { at, parts: [smallPart, full], ...changes })).rejects.toThrow('no space');
  const [own = '', ...others] = await inOrderMade(store);
  const said: string[] = [];
  await attempt(store, {
    at: '2026-11-01T04:30:00Z',
    parts: [smallPart],
    say: (line) => void said.push(line),
  });
  expect(await store.unfinished()).toEqual(others.toSorted());
  expect(said).toContainEqual(expect.stringMatching(new RegExp(`^${own} .*it was removed`)));
});

/** Ids of one moment sort by chance. */
async function inOrderMade(store: FolderStore): Promise<readonly string[]> {
  const found = await Promise.all((await store.unfinished()).map((id) => shelved(store, id, undefined)));
  const isFirst = ({ manifest }: (typeof found)[number]) =>
    manifest?.stack === 'shop' && manifest.recipients.includes(recipient);
  return [...found.filter(isFirst), ...found.filter((one) => !isFirst(one))].map(({ id }) => id);
}

test('one whose first part failed says whose it is', async () => {
  const store = new FolderStore(temporaryFolder());
  await expect(attempt(store, { at: '2026-11-01T03:00:00Z', parts: [full] })).rejects.toThrow('no space');
  const [id = ''] = await store.unfinished();
  expect((await shelved(store, id, undefined)).manifest).toMatchObject({ stack: 'shop', parts: [] });
});

test('one that takes hours is gone on with: what counts is its last part', async () => {
  const store = new FolderStore(temporaryFolder());
  const slow = { at: '2026-11-01T03:00:00Z', partMs: 7_200_000 };
  await expect(attempt(store, { ...slow, parts: [smallPart, full] })).rejects.toThrow('no space');
  const [id] = await store.unfinished();
  const { parts } = await attempt(store, { at: '2026-11-01T05:50:00Z', parts: [smallPart, later] });
  expect(await store.ids()).toEqual([id]);
  expect(parts.map(({ takenAt }) => takenAt.slice(0, 16))).toEqual(['2026-11-01T03:00', '2026-11-01T05:50']);
});

test('what cannot be read is told and left alone, and stops nothing', async () => {
  const store = new FolderStore(temporaryFolder());
  const strange = '20200101T000000Z-00aa';
  mkdirSync(path.join(store.place, `${strange}.unfinished`));
  writeFileSync(
    path.join(store.place, `${strange}.unfinished`, 'manifest.json'),
    '{ "schema": "of tomorrow" }',
  );
  const said: string[] = [];
  await attempt(store, {
    at: '2026-11-01T03:00:00Z',
    parts: [smallPart],
    say: (line) => void said.push(line),
  });
  expect(await store.ids()).toHaveLength(1);
  expect(await store.unfinished()).toEqual([strange]);
  expect(said).toContainEqual(expect.stringMatching(new RegExp(`^${strange} .*cannot be told`)));
});

test('one that was whole and of which a killed deletion has left something is never gone on with', async () => {
  const store = new FolderStore(temporaryFolder());
  const { id } = await smallBackup(store, { at: '2026-11-01T03:00:00Z' });
  // As in a bucket, which has no rename: the mark goes first, then the files.
  renameSync(path.join(store.place, id), path.join(store.place, `${id}.unfinished`));
  rmSync(path.join(store.place, `${id}.unfinished`, 'db.roles.sql.age'));
  const made = await attempt(store, { at: '2026-11-01T03:10:00Z', parts: [smallPart] });
  expect(made.id).not.toBe(id);
  expect(await store.ids()).toEqual([made.id]);
  expect(await store.unfinished()).toEqual([]);
});

test('a part whose file is gone is taken again', async () => {
  const store = new FolderStore(temporaryFolder());
  const at = '2026-11-01T03:00:00Z';
  await expect(attempt(store, { at, parts: [smallPart, full] })).rejects.toThrow('no space');
  const [id = ''] = await store.unfinished();
  rmSync(path.join(store.place, `${id}.unfinished`, 'db.roles.sql.age'));
  expect(await attempt(store, { at, parts: [smallPart, later] })).toMatchObject({ id });
  expect(await store.names(id)).toEqual(['db.roles.sql.age', 'manifest.json', 'shop.dump.age']);
});
