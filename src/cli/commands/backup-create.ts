import { findContextStackFile, findStackFile } from '../../app/stack-file-lookup.ts';
import { createBackup } from '../../backup/create.ts';
import { databaseParts } from '../../backup/database-parts.ts';
import type { Proof } from '../../backup/evidence.ts';
import { keysOrNew, type BackupKeys } from '../../backup/keys.ts';
import { partsOf, type BackupManifest } from '../../backup/manifest.ts';
import { measuredDatabases } from '../../backup/measured.ts';
import { filesPart } from '../../backup/physical/take-files.ts';
import { redisPart } from '../../backup/redis-part.ts';
import type { BackupStore } from '../../ports/backup-store.ts';
import type { UploadWishes } from '../../backup/uploads/find-uploads.ts';
import { tryAcquireLock } from '../../record/lock.ts';
import { lockPath } from '../../record/paths.ts';
import { answer, type Answer } from '../answer.ts';
import { AnotherAtWork } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import { noted, sessionNote } from './backup-note.ts';
import type { BackupCreateOptions } from './backup-options.ts';
import {
  databaseNames,
  examineBackup,
  exitCodeOfProof,
  proofText,
  readableServers,
  storeOf,
  tool,
} from './backup-session.ts';
import { surroundings } from './backup-surroundings.ts';

type Options = CommonOptions & BackupCreateOptions;

/** Asked for by a word, because it is as large as the server itself. */
const withoutFiles = { what: "the server's files and WAL", why: 'not asked for: --physical' };

/** Two at once would both go on with the same unfinished one. */
export async function alone<T>(context: string, work: () => Promise<T>): Promise<T> {
  const lock = tryAcquireLock(lockPath(`backup-${context}`), 'rekindle backup create');
  if (!lock.held)
    throw new AnotherAtWork({
      what: 'Another backup of this stack is being made',
      cause: lock.by === undefined ? 'its name is not known yet' : `process ${lock.by.pid}`,
      place: context,
      next: 'Wait for it, or end it first: a backup that was interrupted is gone on with.',
    });
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function keyAdvice({ file, isNew }: BackupKeys): readonly string[] {
  if (!isNew) return [];
  return [
    `advice: ${file} is new and reads every backup. Keep a copy of it in another place: without it they are lost.`,
  ];
}

/** What the user has written down about the volumes of this stack. */
function wishesOf({ stack }: Options, context: string): UploadWishes {
  const file = (findStackFile(stack) ?? findContextStackFile(context))?.file;
  const { take = [], leave = [] } = file?.spec.backup?.volumes ?? {};
  return { take, leave };
}

function sizeText({ parts }: BackupManifest): string {
  const bytes = parts.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  return `${parts.length} files, ${(bytes / 1e6).toFixed(1)} MB`;
}

/** Whether the server's files of each of these clusters, and of at least one, are in a backup. Pure. */
export function hasFilesOfEach(manifest: BackupManifest, clusters: readonly string[]): boolean {
  const there = new Set(partsOf(manifest, 'cluster').map(({ of }) => of.cluster));
  return clusters.length > 0 && clusters.every((cluster) => there.has(cluster));
}

/** A backup that was stored and examined. */
export interface MadeBackup {
  readonly store: BackupStore;
  readonly manifest: BackupManifest;
  readonly proof: Proof;
  /** For people and for programs. */
  readonly answer: Answer;
  /** 0 proven and as it was asked for, 1 bad or not all of it, 2 could not tell. */
  readonly code: number;
}

/** Takes, stores, restores and compares; the keys are what `keysOf` finds or makes. */
export async function makeBackup(
  session: Session,
  options: Options,
  signal: AbortSignal,
  keysOf: (file?: string) => Promise<BackupKeys> = keysOrNew,
): Promise<MadeBackup> {
  const { context, programs, target, log } = session;
  const { clock, stack } = context;
  const keys = await keysOf(options.key);
  const store = storeOf(options.at, target.context);
  const servers = await readableServers(session);
  const say = (line: string): void => log.say(line);
  const parts = [];
  for (const [cluster, of] of servers.databases) {
    // First: the time until the dumps is then short, and most tables can be compared with them.
    if (options.physical === true) parts.push(filesPart({ programs, clock, say }, cluster, of));
    const databases = await databaseNames(session, of);
    parts.push(...databaseParts({ programs, clock, say }, cluster, of, databases));
  }
  parts.push(...servers.redis.map((redis) => redisPart(programs, redis)));
  const wishes = wishesOf(options, target.context);
  const around = await surroundings(session, { withImages: options.withImages === true, wishes, signal });
  parts.push(...around.parts);
  const recipients = [keys.recipient, ...(options.recipient ?? [])];
  const identity = { stack: stack.name, context: target.context, tool };
  const physical = options.physical === true ? [] : [withoutFiles];
  const without = [...around.leftOut, ...physical];
  const manifest = await createBackup({ store, clock, recipients, say, signal }, identity, parts, without);
  log.say(
    `stored as ${manifest.id} in ${store.place} (${sizeText(manifest)}); now it is restored and compared`,
  );
  const proof = await examineBackup({ session, store, servers, keys, jobs: options.jobs }, manifest.id);
  const databases = measuredDatabases(manifest, proof);
  const changed = partsOf(manifest, 'uploads').flatMap(({ of }) => of.changed);
  const notes = [
    ...manifest.leftOut.map(({ what, why }) => `not in it: ${what} (${why})`),
    ...changed.map((file) => `changed while it was read, so perhaps of two moments: ${file}`),
  ];
  const text = [
    `${manifest.id} in ${store.place} (${sizeText(manifest)})`,
    proofText(proof),
    ...notes,
    ...keyAdvice(keys),
  ].join('\n');
  const isWhole = options.physical !== true || hasFilesOfEach(manifest, [...servers.databases.keys()]);
  return {
    store,
    manifest,
    proof,
    answer: { text, json: { place: store.place, backup: manifest, proof, databases } },
    code: isWhole ? exitCodeOfProof(proof) : Math.max(exitCodes.broken, exitCodeOfProof(proof)),
  };
}

/** `rekindle backup create`: takes, stores, restores and compares. */
export async function backupCreate(options: Options, signal: AbortSignal): Promise<number> {
  const session = await openSession(options, signal, true);
  try {
    const made = await alone(session.target.context, () =>
      noted(sessionNote(session, options.at), signal, () => makeBackup(session, options, signal)),
    );
    answer(options, 'backup create', made.answer);
    return made.code;
  } finally {
    session.close();
  }
}
