import { readKeys } from '../../backup/keys.ts';
import { measuredDatabases } from '../../backup/measured.ts';
import { missingFrom } from '../../backup/missing.ts';
import { shelved } from '../../backup/shelf.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import type { CommonOptions } from '../options.ts';
import { openSession } from '../session.ts';
import { noteExamined, sessionNote } from './backup-note.ts';
import type { BackupVerifyOptions } from './backup-options.ts';
import { readableServers } from './backup-servers.ts';
import { examineBackup, exitCodeOfBackup, missingLines, proofText, storeOf } from './backup-session.ts';

function noSuchBackup(place: string, ids: readonly string[], wanted: string | undefined): UsageError {
  return new UsageError({
    what: wanted === undefined ? 'There is no backup to verify' : `There is no backup ${wanted}`,
    cause: ids.length === 0 ? 'the place holds none' : `there are ${ids.slice(-5).join(', ')}`,
    place,
    next: 'Make one: rekindle backup create. Another place: --at',
  });
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
    const store = storeOf(options.at, session.target.context);
    const ids = await store.ids();
    const id = wanted ?? ids.at(-1);
    if (id === undefined || !ids.includes(id)) throw noSuchBackup(store.place, ids, wanted);
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
