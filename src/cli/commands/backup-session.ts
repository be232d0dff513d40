import { existsSync } from 'node:fs';

import { backupStoreAt, usualBackupFolder } from '../../app/wire-backups.ts';
import { signed, type Proof } from '../../backup/evidence.ts';
import { evidenceKeyFile, signingKey, type BackupKeys } from '../../backup/keys.ts';
import type { BackupManifest } from '../../backup/manifest.ts';
import { missingFrom } from '../../backup/missing.ts';
import type { ServerInPod } from '../../backup/postgres/psql-session.ts';
import { scratchInCluster, scratchPlaces } from '../../backup/scratch-in-cluster.ts';
import { shelved, shelveEvidence } from '../../backup/shelf.ts';
import { verifyBackup } from '../../backup/verify.ts';
import type { BackupStore } from '../../ports/backup-store.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { version } from '../process.ts';
import type { Session } from '../session.ts';
import type { Servers } from './backup-servers.ts';

/** Where the backups of this command lie. */
export function storeOf(at: string | undefined, context: string): BackupStore {
  return backupStoreAt(at ?? usualBackupFolder(context));
}

/** The same, to read from: a place that is not there is not an empty one. Throws UsageError. */
export function storeToRead(at: string | undefined, context: string): BackupStore {
  if (at === undefined || at.startsWith('s3://') || existsSync(at)) return storeOf(at, context);
  throw new UsageError({
    what: 'The place of the backups is not there',
    cause: 'there is no such folder',
    place: at,
    next: 'If it is on another disk, plug that in and mount it; else see the name after --at.',
  });
}

/** The tool as manifests and evidence name it. */
export const tool = `rekindle ${version()}`;

/** A machine on which the shop is at work meanwhile. */
const usualJobs = 2;

export interface Examination {
  readonly session: Session;
  readonly store: BackupStore;
  readonly servers: Servers;
  readonly keys: BackupKeys;
  /** Tables that are restored at once. */
  readonly jobs: number | undefined;
}

/** Proves one backup, signs what was found and puts it beside the backup and into the journal. */
export async function examineBackup(
  { session, store, servers, keys, jobs }: Examination,
  id: string,
): Promise<Proof> {
  const { context, programs, log } = session;
  const { clock, reader, writer } = context;
  const say = (line: string): void => log.say(line);
  const place = { reader, writer, programs, clock, say };
  const serverOf = (cluster: string): ServerInPod | undefined => servers.databases.get(cluster)?.primary;
  const proof = await verifyBackup(
    {
      store,
      clock,
      programs,
      identities: keys.identities,
      tool,
      jobs: jobs ?? usualJobs,
      say,
      redisOf: (wanted) => servers.redis.find(({ name }) => name === wanted)?.server,
      withScratchServer: scratchInCluster(place, serverOf),
      withScratchPlace: scratchPlaces(place, serverOf),
    },
    id,
  );
  const { manifest } = await shelved(store, id, undefined);
  const parts = manifest?.parts ?? [];
  const subject = parts.map(({ file, storedSha256 }) => ({ name: file, sha256: storedSha256 }));
  await shelveEvidence(store, proof, signed(proof, subject, signingKey(evidenceKeyFile(keys.file))));
  const bytes = parts.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const { verdict, seconds } = proof;
  log.record({
    type: 'backup-examined',
    run: log.id,
    backup: id,
    place: store.place,
    verdict,
    bytes,
    seconds,
  });
  return proof;
}

/** A proof in a few lines. */
export function proofText({ backup, verdict, seconds, parts, reasons }: Proof): string {
  const head = {
    proven: `proven: ${backup} was restored and is what was backed up (${seconds.toFixed(0)} s).`,
    bad: `bad: ${backup} cannot be relied on. Make a new one: rekindle backup create`,
    'could-not-tell': `could not tell whether ${backup} can be used.`,
  }[verdict];
  return [
    head,
    ...parts.flatMap(({ file, checked }) => checked.map((text) => `  ${file}: ${text}`)),
    ...parts.flatMap(({ file, differences }) => differences.map((text) => `  bad ${file}: ${text}`)),
    ...reasons.map((text) => `  not known: ${text}`),
  ].join('\n');
}

/** What of a backup is not what it was asked for, a line each. */
export function missingLines(manifest: BackupManifest | undefined): readonly string[] {
  return missingFrom(manifest).map((text) => `  missing: ${text}`);
}

/** 0 proven and with all that it was asked for, 1 bad or something is missing, 2 could not tell. */
export function exitCodeOfBackup(manifest: BackupManifest | undefined, { verdict }: Proof): number {
  if (verdict === 'could-not-tell') return exitCodes.couldNotTell;
  return verdict === 'proven' && missingFrom(manifest).length === 0 ? exitCodes.healthy : exitCodes.broken;
}
