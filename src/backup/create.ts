import { Readable } from 'node:stream';

import { backupId } from '../domain/backup-id.ts';
import type { BackupStore } from '../ports/backup-store.ts';
import type { Clock } from '../ports/clock.ts';
import { isAboutThePart } from './about-the-part.ts';
import {
  manifestName,
  type BackupManifest,
  type BackupPart,
  type LeftOut,
  type PartDetails,
} from './manifest.ts';
import { storePart, type StoredPart } from './store-part.ts';
import { begunLately } from './unfinished.ts';

/** One thing that a backup consists of. */
export interface PartToTake {
  /** Name of its file in the store, without the suffix of encryption. */
  readonly file: string;
  /** What a person calls it. */
  readonly title: string;
  /** Whether the backup is worth having without it; then what it failed with is on record instead. */
  readonly isOptional?: true;
  /** How somebody says that it is not wanted, for whoever has to do without it. */
  readonly leaveHint?: string;
  /**
   * Takes it, handing its plain bytes to `store`, which replaces what it was given before; `before` are the parts that the backup has already. Throws when it could
   * not be taken whole.
   */
  readonly take: (
    store: (plain: AsyncIterable<Buffer>) => Promise<StoredPart>,
    before: readonly BackupPart[],
  ) => Promise<{ readonly stored: StoredPart; readonly of: PartDetails }>;
}

export interface CreateContext {
  readonly store: BackupStore;
  readonly clock: Clock;
  readonly recipients: readonly string[];
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What the manifest says of the whole. */
export type BackupIdentity = Pick<BackupManifest, 'stack' | 'context' | 'tool' | 'expected'>;

function timeOf(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

async function putManifest(store: BackupStore, manifest: BackupManifest): Promise<void> {
  const text = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`);
  await store.put(manifest.id, manifestName, Readable.from([text], { objectMode: false }));
}

/**
 * Takes the parts one by one and makes the backup visible when all are stored. Killed at any point it leaves nothing that is
 * listed, and the next call goes on with the parts that were stored whole, or removes them when they are too old. Throws what a part or the
 * store failed with.
 */
export async function createBackup(
  context: CreateContext,
  identity: BackupIdentity,
  wanted: readonly PartToTake[],
  leftOut: readonly LeftOut[],
): Promise<BackupManifest> {
  const { store, clock, recipients, say, signal } = context;
  const earlier = await begunLately(context, identity);
  if (earlier !== undefined) say(`going on with ${earlier.id}, which was interrupted`);
  const start = earlier ?? {
    schema: 'rekindle.dev/v1alpha1/backup' as const,
    id: backupId(clock.now(), Math.random()),
    ...identity,
    startedAt: timeOf(clock),
    recipients: [...recipients],
    parts: [],
    leftOut: [],
  };
  // Before its first part: whoever finds it later has to know whose it is.
  if (earlier === undefined) await putManifest(store, start);
  const parts: BackupPart[] = [];
  const failed: LeftOut[] = [];
  for (const part of wanted) {
    signal.throwIfAborted();
    const file = `${part.file}.age`;
    const known = start.parts.find((entry) => entry.file === file);
    const taken = known ?? (await takePart(context, start.id, part, parts));
    if ('why' in taken) failed.push(taken);
    else parts.push(taken);
    await putManifest(store, { ...start, parts });
  }
  const { expected } = identity;
  const manifest: BackupManifest = {
    ...start,
    // Of now: whoever goes on with an earlier one has looked anew.
    ...(expected !== undefined && { expected }),
    parts,
    leftOut: [...failed, ...leftOut],
    finishedAt: timeOf(clock),
  };
  await putManifest(store, manifest);
  await store.commit(manifest.id);
  return manifest;
}

async function takePart(
  context: CreateContext,
  id: string,
  part: PartToTake,
  before: readonly BackupPart[],
): Promise<BackupPart | LeftOut> {
  const { clock, say } = context;
  const [takenAt, start] = [timeOf(clock), clock.monotonic()];
  try {
    const store = (plain: AsyncIterable<Buffer>) => storePart(context, id, `${part.file}.age`, plain);
    const { stored, of } = await part.take(store, before);
    const seconds = (clock.monotonic() - start) / 1000;
    say(`${part.title}: ${stored.bytes} bytes in ${seconds.toFixed(1)} s`);
    return { ...stored, takenAt, seconds, of };
  } catch (error) {
    if (part.isOptional !== true || !isAboutThePart(error)) throw error;
    const { title, leaveHint } = part;
    const why = leaveHint === undefined ? error.message : `${error.message} (${leaveHint})`;
    say(`${title} is left out: ${why}`);
    return { what: title, why, isMissing: true };
  }
}
