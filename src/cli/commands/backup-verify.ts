import { readKeys } from '../../backup/keys.ts';
import { measuredDatabases } from '../../backup/measured.ts';
import { chooseBackup, type NotChosen } from '../../backup/choose-backup.ts';
import { missingFrom } from '../../backup/missing.ts';
import { shelved } from '../../backup/shelf.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import type { CommonOptions } from '../options.ts';
import { openSession } from '../session.ts';
import { noteExamined, sessionNote } from './backup-note.ts';
import type { BackupVerifyOptions } from './backup-options.ts';
import { ownerOf } from './backup-owner.ts';
import { readableServers } from './backup-servers.ts';
import { examineBackup, exitCodeOfBackup, missingLines, proofText, storeToRead } from './backup-session.ts';

function noSuchBackup(place: string, { why, next }: NotChosen, wanted: string | undefined): UsageError {
  const what = wanted === undefined ? 'There is no backup to verify' : `There is no backup ${wanted}`;
  return new UsageError({ what, cause: why, place, next });
}

/** `rekindle backup verify`: restores a backup into an empty server and compares it. */
export async function backupVerify(
  options: CommonOptions & BackupVerifyOptions,
  signal: AbortSignal,
  [wanted]: readonly string[],
): Promise<number> {
  const session = await openSession(options, signal, true);
  try {
    const keys = await readKeys(options.key);
    const store = storeToRead(options.at, session.target.context);
    const chosen = await chooseBackup(store, wanted, ownerOf(session));
    if ('why' in chosen) throw noSuchBackup(store.place, chosen, wanted);
    const { id } = chosen;
    const servers = await readableServers(session);
    const proof = await examineBackup({ session, store, servers, keys, jobs: options.jobs }, id);
    const { manifest } = await shelved(store, id, undefined);
    const databases = measuredDatabases(manifest, proof);
    if (manifest !== undefined) noteExamined(sessionNote(session, options.at), manifest, proof);
    answer(options, 'backup verify', {
      text: [proofText(proof), ...missingLines(manifest)].join('\n'),
      json: { place: store.place, proof, missing: missingFrom(manifest), databases },
    });
    return exitCodeOfBackup(manifest, proof);
  } finally {
    session.close();
  }
}
