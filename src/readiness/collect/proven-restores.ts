import type { KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';

import { isOf, type Owner } from '../../backup/choose-backup.ts';
import { shelf, type ShelvedBackup } from '../../backup/shelf.ts';
import { saw } from '../../domain/looked.ts';
import { look } from '../../observe/look.ts';
import type { BackupStore } from '../../ports/backup-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LastProvenRestore, ProvenRestore, RestoreFacts } from '../last-proven-restore.ts';

/** Manifests and evidence are small; storage of others may be far away, ms. */
const deadlineMs = 15_000;

/** A place of backups, or why it cannot be opened. */
export type BackupPlace = BackupStore | { readonly place: string; readonly why: string };

interface Source {
  readonly clock: Clock;
  /** The key that evidence is held against; undefined: there is none, and nothing can be proven here. */
  readonly publicKey: KeyObject | undefined;
  /** Folder of the machine in which the engine keeps volumes; undefined: not known. */
  readonly dataFolder: string | undefined;
  /** Backups of other stacks may lie in the same place. */
  readonly owner: Owner;
}

/** File systems have different numbers (stat(2), st_dev): whether two folders are on one; undefined: could not look. */
function isOneFileSystem(one: string, other: string): boolean | undefined {
  try {
    return statSync(one).dev === statSync(other).dev;
  } catch {
    // Which of the two is not there, or not for us to see, makes no difference: then it is not known.
    return undefined;
  }
}

function diskOf(place: string, dataFolder: string | undefined): ProvenRestore['disk'] {
  if (!path.isAbsolute(place)) return 'elsewhere';
  const same = dataFolder === undefined ? undefined : isOneFileSystem(place, dataFolder);
  return same === undefined ? 'unknown' : same ? 'same' : 'other';
}

interface Shelved {
  readonly place: string;
  readonly backup: ShelvedBackup;
  /** When it was begun, ms since the epoch; its manifest may be unreadable. */
  readonly takenAt: number;
}

const isProven = ({ backup: { proof, manifest } }: Shelved) =>
  proof?.verdict === 'proven' && manifest !== undefined;

function provenOf(
  { place, backup, takenAt }: Shelved,
  dataFolder: string | undefined,
): ProvenRestore | undefined {
  const { id, manifest, proof } = backup;
  if (manifest === undefined || proof === undefined) return undefined;
  return {
    at: Date.parse(proof.at),
    takenAt,
    backup: id,
    place,
    disk: diskOf(place, dataFolder),
    bytes: manifest.parts.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    verifySeconds: proof.seconds,
    leftOut: manifest.leftOut.map(({ what, why }) => `${what}: ${why}`),
  };
}

function isNewer(one: Shelved, other: Shelved | undefined): boolean {
  return other === undefined || one.takenAt > other.takenAt;
}

/** Judges what lies on all shelves. */
function factsOf(
  shelves: readonly Shelved[],
  { dataFolder }: Source,
): Pick<RestoreFacts, 'proven' | 'newer'> {
  const sorted = shelves.toSorted((one, other) => one.takenAt - other.takenAt);
  const newest = sorted.findLast((entry) => isProven(entry));
  const proven = newest && provenOf(newest, dataFolder);
  return {
    ...(proven !== undefined && { proven }),
    newer: sorted
      .filter((entry) => isNewer(entry, newest) && entry !== newest)
      .map(({ backup: { id, proof } }) => ({
        backup: id,
        is: proof?.verdict === 'bad' ? 'bad' : 'not proven',
      })),
  };
}

async function shelvedIn(store: BackupStore, { publicKey, owner }: Source): Promise<readonly Shelved[]> {
  const all = await shelf(store, publicKey);
  return all
    .filter(({ manifest }) => manifest === undefined || isOf(manifest, owner))
    .map((backup) => ({
      place: store.place,
      backup,
      takenAt: Date.parse(backup.manifest?.startedAt ?? '') || 0,
    }));
}

/**
 * Reads manifests and signed evidence in every place of backups that is known, not the backups themselves. A place that cannot
 * be looked into is told; where that is all of them nothing is known.
 */
export async function collectProvenRestores(
  source: Source,
  places: readonly BackupPlace[],
): Promise<LastProvenRestore> {
  const { clock } = source;
  const unseen: { place: string; why: string }[] = [];
  const shelves: Shelved[] = [];
  const looked: string[] = [];
  for (const store of places) {
    if ('why' in store) {
      unseen.push(store);
      continue;
    }
    const found = await look(clock, store.place, () => shelvedIn(store, source), deadlineMs);
    if (found.looked) {
      shelves.push(...found.value);
      looked.push(store.place);
    } else unseen.push({ place: store.place, why: found.why });
  }
  return saw({ places: looked, unseen, ...factsOf(shelves, source) }, 'places of backups', clock.now());
}
