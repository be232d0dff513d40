import path from 'node:path';

import { chooseBackup } from '../../backup/choose-backup.ts';
import { readKeys } from '../../backup/keys.ts';
import { partsOf } from '../../backup/manifest.ts';
import { readPart } from '../../backup/store-part.ts';
import { unpackInto, type Unpacked } from '../../backup/uploads/unpack-into.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { backupContext } from './backup-list.ts';
import type { BackupRestoreOptions } from './backup-options.ts';
import { namedOwner } from './backup-owner.ts';
import { storeToRead } from './backup-session.ts';

interface OfClaim extends Unpacked {
  readonly claim: string;
  readonly folder: string;
}

function line({ claim, folder, files, bytes, leftOut }: OfClaim): string {
  const without = leftOut.length === 0 ? '' : `; without ${leftOut.join(', ')}`;
  return `${claim}: ${files} files (${(bytes / 1e6).toFixed(1)} MB) in ${folder}${without}`;
}

/** `rekindle backup restore --uploads DIR`: the files of volumes into folders beside what is in use, each compared. */
export async function backupUploads(
  options: CommonOptions & BackupRestoreOptions,
  signal: AbortSignal,
  { wanted, to }: { readonly wanted: string | undefined; readonly to: string },
): Promise<number> {
  const { identities } = await readKeys(options.key);
  const known = await backupContext(options, signal);
  const store = storeToRead(options.at, known);
  const none = (cause: string, next: string): UsageError =>
    new UsageError({ what: 'There are no files to restore', cause, place: store.place, next });
  const chosen = await chooseBackup(store, wanted, namedOwner(options, known));
  if ('why' in chosen) throw none(chosen.why, chosen.next);
  const { id, manifest, trouble } = chosen;
  const another = 'Name another one by its id: rekindle backup list';
  if (manifest === undefined) throw none(`${id}: ${trouble ?? ''}`, another);
  const parts = partsOf(manifest, 'uploads');
  if (parts.length === 0) throw none(`${id} holds no files of volumes`, another);
  const restored: OfClaim[] = [];
  for (const part of parts) {
    signal.throwIfAborted();
    const folder = path.resolve(to, part.of.claim);
    const plain = readPart(store, manifest.id, part, identities);
    const unpacked = await unpackInto(folder, plain, part.of.entries);
    restored.push({ ...unpacked, claim: part.of.claim, folder });
  }
  answer(options, 'backup restore uploads', {
    text: [`restored from ${manifest.id}, each file compared:`, ...restored.map(line)].join('\n'),
    json: { place: store.place, backup: manifest.id, restored },
  });
  return exitCodes.healthy;
}
