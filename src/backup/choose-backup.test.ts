import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

import { smallBackup } from '../../test/fakes/small-backup.ts';
import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { FolderStore } from '../adapters/backup-stores/folder.ts';
import { chooseBackup } from './choose-backup.ts';

const shop = { stack: 'shop', context: 'k3d-shop' };

test('the newest of a stack is chosen, whatever others have put there since', async () => {
  const store = new FolderStore(temporaryFolder());
  const { id } = await smallBackup(store, { at: '2026-11-01T03:00:00Z' });
  const crm = await smallBackup(store, { at: '2026-11-01T03:05:00Z', stack: 'crm' });
  await smallBackup(store, { at: '2026-11-01T03:06:00Z', context: 'k3d-other' });
  expect(await chooseBackup(store, undefined, shop)).toMatchObject({ id });
  expect(await chooseBackup(store, undefined, { stack: 'crm' })).toMatchObject({ id: crm.id });
  expect(await chooseBackup(store, crm.id, shop)).toMatchObject({ id: crm.id });
});

test('of two stacks none is guessed: each is named with its newest', async () => {
  const store = new FolderStore(temporaryFolder());
  const { id } = await smallBackup(store, { at: '2026-11-01T03:00:00Z' });
  expect(await chooseBackup(store, undefined, {})).toMatchObject({ id });
  const crm = await smallBackup(store, { at: '2026-11-01T03:05:00Z', stack: 'crm' });
  expect(await chooseBackup(store, undefined, {})).toMatchObject({
    why: `the place holds backups of several stacks: crm (k3d-shop), newest ${crm.id}; shop (k3d-shop), newest ${id}`,
    next: expect.stringContaining('id'),
  });
});

test('where there is none, it is told whose there are', async () => {
  const store = new FolderStore(temporaryFolder());
  expect(await chooseBackup(store, undefined, shop)).toMatchObject({ why: 'the place holds none' });
  await smallBackup(store, { at: '2026-11-01T03:05:00Z', stack: 'crm' });
  expect(await chooseBackup(store, undefined, shop)).toMatchObject({
    why: 'the place holds none of shop (k3d-shop), only of crm (k3d-shop)',
  });
  expect(await chooseBackup(store, 'photos', shop)).toMatchObject({
    why: expect.stringContaining('there are 2026'),
  });
});

test('a newer one that cannot be read is not passed over in silence', async () => {
  const store = new FolderStore(temporaryFolder());
  const { id } = await smallBackup(store, { at: '2026-11-01T03:00:00Z' });
  const broken = await smallBackup(store, { at: '2026-11-01T04:00:00Z' });
  writeFileSync(path.join(store.place, broken.id, 'manifest.json'), '{');
  expect(await chooseBackup(store, undefined, shop)).toMatchObject({
    id: broken.id,
    trouble: expect.stringMatching(new RegExp(`cannot be read.*the newest one that can be read is ${id}`)),
  });
});
