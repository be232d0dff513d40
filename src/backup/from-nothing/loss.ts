import { partsOf, type BackupManifest } from '../manifest.ts';

/** Up to where a backup has what was written. */
export interface Loss {
  readonly what: string;
  /** Everything that was acknowledged before this time is in the backup (ISO 8601). */
  readonly upTo: string;
  /** The same as a position in the database's log; missing where there is none. */
  readonly lsn?: string;
  readonly sentence: string;
}

/** What is lost by going back to this backup, for each thing that it holds data of and that is put back. Pure. */
export function lossOf(manifest: BackupManifest, notPutBack: ReadonlySet<string>): readonly Loss[] {
  const databases = partsOf(manifest, 'database').map(({ of, takenAt }) => ({
    what: `database ${of.database} of ${of.cluster}`,
    upTo: takenAt,
    lsn: of.lsn,
    sentence: `database ${of.database}: everything acknowledged up to LSN ${of.lsn}, taken at ${takenAt}, is there; what was written after that is lost`,
  }));
  const others = [
    ...partsOf(manifest, 'redis').map(({ of, takenAt }) => [`Redis ${of.redis}`, takenAt] as const),
    ...partsOf(manifest, 'uploads')
      .filter(({ of }) => !notPutBack.has(of.claim))
      .map(({ of, takenAt }) => [`files of ${of.claim}`, takenAt] as const),
  ].map(([what, upTo]) => ({
    what,
    upTo,
    sentence: `${what}: as of ${upTo}; what was written after that is lost`,
  }));
  return [...databases, ...others];
}
