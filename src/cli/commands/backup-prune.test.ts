import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

import { examinedAs, smallBackup, type SmallBackup } from '../../../test/fakes/small-backup.ts';
import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { FolderStore } from '../../adapters/backup-stores/folder.ts';
import type { ProofVerdict } from '../../backup/evidence.ts';
import { evidenceKeyFile, signingKey } from '../../backup/keys.ts';
import type { Retention } from '../../backup/retention.ts';
import { shelved } from '../../backup/shelf.ts';
import { pruneBackups, type Pruned, type PruneOptions } from './backup-prune.ts';

const none: Retention = { last: 0, daily: 0, weekly: 0, monthly: 0 };
const { signal } = new AbortController();

interface Place {
  readonly store: FolderStore;
  readonly made: (backup: SmallBackup & { readonly verdict?: ProofVerdict }) => Promise<string>;
  readonly examined: (
    id: string,
    found: { readonly verdict: ProofVerdict; readonly at: string },
  ) => Promise<void>;
  readonly pruned: (retention: Retention, options?: Partial<PruneOptions>) => Promise<Pruned>;
}

/** A folder of backups with the keys of whoever makes them. */
function place(): Place {
  const root = temporaryFolder();
  const store = new FolderStore(path.join(root, 'backups'));
  const key = path.join(root, 'keys', 'backup.key');
  const keys = signingKey(evidenceKeyFile(key));
  return {
    store,
    made: async ({ verdict, ...backup }) => {
      const manifest = await smallBackup(store, backup);
      if (verdict !== undefined) await examinedAs(store, manifest, { verdict, at: backup.at, keys });
      return manifest.id;
    },
    examined: async (id, found) => {
      const { manifest } = await shelved(store, id, undefined);
      if (manifest === undefined) throw new Error('it has no manifest');
      await examinedAs(store, manifest, { ...found, keys });
    },
    pruned: (retention, options = {}) =>
      pruneBackups(store, retention, { key, meant: {}, ...options }, signal),
  };
}

test('each stack of a place has its own days and its own newest proven one', async () => {
  const { store, made, pruned } = place();
  const old = await made({ at: '2026-11-01T02:00:00.000Z', verdict: 'proven' });
  const shop = await made({ at: '2026-11-01T03:00:00.000Z', verdict: 'proven' });
  const crm = await made({ at: '2026-11-01T03:05:00.000Z', verdict: 'proven', stack: 'crm' });
  const other = await made({ at: '2026-11-01T03:06:00.000Z', verdict: 'proven', context: 'k3d-other' });
  const { deleted, kept } = await pruned({ ...none, daily: 7, weekly: 4 });
  expect(deleted).toEqual([old]);
  expect([...kept.keys()].toSorted()).toEqual([shop, crm, other]);
  expect(await store.ids()).toEqual([shop, crm, other]);
  expect(kept.get(shop)).toEqual(['daily', 'weekly', 'newest proven']);
});

test('one that lacks something takes no place of a whole one', async () => {
  const { made, pruned } = place();
  const whole = await made({ at: '2026-11-01T03:00:00.000Z', verdict: 'proven' });
  const lacking = await made({ at: '2026-11-02T03:00:00.000Z', verdict: 'proven', missing: 'files' });
  const { kept, deleted } = await pruned({ ...none, last: 1 });
  expect(deleted).toEqual([]);
  expect(kept.get(whole)).toEqual(['newest proven']);
  expect(kept.get(lacking)).toEqual(['last']);
});

test('a stack that is named is the only one from which something is deleted', async () => {
  const { made, pruned } = place();
  const [old] = [
    await made({ at: '2026-11-01T02:00:00.000Z', verdict: 'proven' }),
    await made({ at: '2026-11-01T03:00:00.000Z', verdict: 'proven' }),
    await made({ at: '2026-11-01T02:00:00.000Z', verdict: 'proven', stack: 'crm' }),
    await made({ at: '2026-11-01T03:00:00.000Z', verdict: 'proven', stack: 'crm' }),
  ];
  const meant = { stack: 'shop', context: 'k3d-shop' };
  expect(await pruned({ ...none, last: 1 }, { meant })).toMatchObject({ deleted: [old] });
});

test('an attempt that could not tell takes nothing from what was proven', async () => {
  const { store, made, pruned, examined } = place();
  const proven = await made({ at: '2026-11-01T03:00:00.000Z', verdict: 'proven' });
  const newer = await made({ at: '2026-11-02T03:00:00.000Z' });
  await examined(proven, { verdict: 'could-not-tell', at: '2026-11-02T04:00:00.000Z' });
  const { kept } = await pruned({ ...none, last: 1 });
  expect([...kept]).toEqual([
    [newer, ['last']],
    [proven, ['newest proven']],
  ]);
  await examined(proven, { verdict: 'bad', at: '2026-11-02T05:00:00.000Z' });
  await examined(proven, { verdict: 'could-not-tell', at: '2026-11-02T06:00:00.000Z' });
  await pruned({ ...none, last: 1 });
  expect(await store.ids()).toEqual([newer]);
});

test.each([
  ['another key', (key: string) => signingKey(evidenceKeyFile(key))],
  ['no key', () => undefined],
])('with %s it is not known what was proven, and nothing is deleted', async (_name, prepare) => {
  const { store, made, pruned } = place();
  await made({ at: '2026-11-01T03:00:00.000Z', verdict: 'proven' });
  await made({ at: '2026-11-02T03:00:00.000Z', verdict: 'proven' });
  const key = path.join(temporaryFolder(), 'backup.key');
  prepare(key);
  await expect(pruned({ ...none, last: 1 }, { key })).rejects.toThrow(
    /Nothing is deleted: 2 backups of shop \(k3d-shop\).*--key/,
  );
  expect(await store.ids()).toHaveLength(2);
});

test('what was proven of other files than those that are there proves nothing', async () => {
  const { store, made, pruned } = place();
  const real = await made({ at: '2026-11-01T03:00:00.000Z', verdict: 'proven' });
  const changed = await made({ at: '2026-11-01T04:00:00.000Z', verdict: 'proven' });
  await made({ at: '2026-11-02T03:00:00.000Z' });
  const file = path.join(store.place, changed, 'manifest.json');
  const digest = '0'.repeat(64);
  const text = readFileSync(file, 'utf8').replace(/"storedSha256": "\w+"/, `"storedSha256": "${digest}"`);
  writeFileSync(file, text);
  const { deleted } = await pruned({ ...none, last: 1 });
  expect(deleted).toEqual([changed]);
  expect(await store.ids()).toContain(real);
});
