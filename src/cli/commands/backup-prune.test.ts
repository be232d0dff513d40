import path from 'node:path';
import { expect, test } from 'vitest';

import { examinedAs, smallBackup, type SmallBackup } from '../../../test/fakes/small-backup.ts';
import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { FolderStore } from '../../adapters/backup-stores/folder.ts';
import type { ProofVerdict } from '../../backup/evidence.ts';
import { evidenceKeyFile, signingKey } from '../../backup/keys.ts';
import type { Retention } from '../../backup/retention.ts';
import { pruneBackups, type Pruned, type PruneOptions } from './backup-prune.ts';

const none: Retention = { last: 0, daily: 0, weekly: 0, monthly: 0 };
const { signal } = new AbortController();

interface Place {
  readonly store: FolderStore;
  readonly made: (backup: SmallBackup & { readonly verdict?: ProofVerdict }) => Promise<string>;
  readonly pruned: (retention: Retention, options?: Partial<PruneOptions>) => Promise<Pruned>;
}

/** A folder of backups with the keys of whoever makes them. */
function place(): Place {
  const root = temporaryFolder();
  const store = new FolderStore(path.join(root, 'backups'));
  const key = path.join(root, 'keys', 'backup.key');
  return {
    store,
    made: async ({ verdict, ...backup }) => {
      const manifest = await smallBackup(store, backup);
      const keys = signingKey(evidenceKeyFile(key));
      if (verdict !== undefined) await examinedAs(store, manifest, { verdict, at: backup.at, keys });
      return manifest.id;
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
