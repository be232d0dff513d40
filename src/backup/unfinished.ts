import type { BackupStore } from '../ports/backup-store.ts';
import type { Clock } from '../ports/clock.ts';
import { causeText } from '../record/explained-error.ts';
import { isOf, type Owner } from './choose-backup.ts';
import { manifestName, parseManifest, type BackupManifest } from './manifest.ts';
import { readText } from './read-text.ts';

/** An interrupted backup is gone on with when its last part is not older than this: its parts are of about one time, ms. */
const resumableMs = 3_600_000;

/** What there is to say of a backup that was begun and not finished. */
type Begun =
  /** Another stack's, or that of somebody with another key, who may be at work on it. */
  | { readonly is: 'of others' }
  | { readonly is: 'unreadable'; readonly why: string }
  /** What was finished and is not whole is being deleted: some of its files may be gone (a bucket has no rename). */
  | { readonly is: 'over' }
  | { readonly is: 'for other keys' }
  | { readonly is: 'resumable'; readonly manifest: BackupManifest };

interface Place {
  readonly store: BackupStore;
  readonly clock: Pick<Clock, 'now'>;
  /** The first one is of whoever makes the backup. */
  readonly recipients: readonly string[];
  readonly say: (line: string) => void;
}

/** When its last part was stored, ms since the epoch. */
function lastStored({ startedAt, parts }: BackupManifest): number {
  const ends = parts.map(({ takenAt, seconds }) => Date.parse(takenAt) + seconds * 1000);
  return Math.max(Date.parse(startedAt), ...ends);
}

function judged(
  manifest: BackupManifest,
  { clock, recipients }: Pick<Place, 'clock' | 'recipients'>,
  owner: Owner,
): Begun {
  const [own = ''] = recipients;
  if (!isOf(manifest, owner) || !manifest.recipients.includes(own)) return { is: 'of others' };
  if (manifest.finishedAt !== undefined) return { is: 'over' };
  if (clock.now() - lastStored(manifest) >= resumableMs) return { is: 'over' };
  const isForSame = manifest.recipients.join() === recipients.join();
  return isForSame ? { is: 'resumable', manifest } : { is: 'for other keys' };
}

async function look(place: Place, id: string, owner: Owner): Promise<Begun> {
  try {
    const text = await readText(place.store, id, manifestName);
    if (text === undefined) return { is: 'unreadable', why: 'it has no manifest' };
    return judged(parseManifest(text), place, owner);
  } catch (error) {
    return { is: 'unreadable', why: causeText(error) };
  }
}

async function removed({ store, say }: Place, id: string): Promise<void> {
  try {
    await store.remove(id);
    say(`${id} was begun and not finished, and is too old to go on with: it was removed`);
  } catch (error) {
    say(`${id} was begun and not finished, and could not be removed: ${causeText(error)}`);
  }
}

/** Only the parts that are there. */
async function withItsFiles(store: BackupStore, manifest: BackupManifest): Promise<BackupManifest> {
  const names = new Set(await store.names(manifest.id));
  return { ...manifest, parts: manifest.parts.filter(({ file }) => names.has(file)) };
}

/**
 * The newest backup of this stack that was begun lately, for the same keys; undefined: there is none to go on with. Removes those of this
 * stack and key that nobody can go on with; of what cannot be read it is not known whose it is, so it is told and left alone. To be
 * called by the only one who makes backups of this stack with this key. Throws what the store throws.
 */
export async function begunLately(place: Place, owner: Owner): Promise<BackupManifest | undefined> {
  const { store, say } = place;
  let newest: BackupManifest | undefined;
  for (const id of (await store.unfinished()).toReversed()) {
    const begun = await look(place, id, owner);
    if (begun.is === 'over') await removed(place, id);
    if (begun.is === 'resumable') newest ??= begun.manifest;
    if (begun.is === 'unreadable')
      say(
        `${id} in ${store.place} was begun and not finished; whose it is cannot be told, so it stays: ${begun.why}`,
      );
  }
  return newest === undefined ? undefined : withItsFiles(store, newest);
}
