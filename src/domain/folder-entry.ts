/** Kinds of things in a folder that a tar archive can hold (POSIX pax, ustar interchange format). */
export type EntryType =
  'file' | 'directory' | 'symlink' | 'hard link' | 'fifo' | 'character device' | 'block device' | 'other';

/** One thing in a folder, without its contents. */
export interface FolderEntry {
  /** Path below the folder, without a slash at either end; empty: the folder itself. */
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a regular file; 0 of everything else. */
  readonly size: number;
  /** ms since the epoch, whole seconds. */
  readonly modifiedAt: number;
  /** Where a symbolic link leads, as it is written; of a hard link the path of the other name below the same folder. */
  readonly link?: string;
  /** Major and minor number of a device. */
  readonly device?: string;
  /** SHA-256 of a regular file's contents, hexadecimal. */
  readonly sha256?: string;
}

/** An entry with its place in an archive: its bytes are `[from, to)`, headers and padding with them. */
export interface ArchivedEntry extends FolderEntry {
  readonly from: number;
  readonly to: number;
}

/** What makes two entries hold the same. */
export function hasSameContents(one: FolderEntry, other: FolderEntry): boolean {
  return (['type', 'size', 'sha256', 'link', 'device'] as const).every((key) => one[key] === other[key]);
}

/** The same contents, and the same owner, mode and time. A directory's time changes with what is put into it. */
function isSame(one: FolderEntry, other: FolderEntry, times: 'all' | 'of files'): boolean {
  return (
    hasSameContents(one, other) &&
    (['mode', 'uid', 'gid'] as const).every((key) => one[key] === other[key]) &&
    (one.modifiedAt === other.modifiedAt || (times === 'of files' && one.type === 'directory'))
  );
}

/** Paths at which two looks at one folder differ, those that only one of them has among them. */
export function changedPaths(
  before: readonly FolderEntry[],
  after: readonly FolderEntry[],
): readonly string[] {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const now = new Map(after.map((entry) => [entry.path, entry]));
  return [...new Set([...old.keys(), ...now.keys()])].filter((path) => {
    const one = old.get(path);
    const other = now.get(path);
    return one === undefined || other === undefined || !isSame(one, other, 'all');
  });
}

/** Those of the wanted entries that are not there as they should be; what else is there does not matter. */
export function missingPaths(
  wanted: readonly FolderEntry[],
  there: readonly FolderEntry[],
): readonly string[] {
  const found = new Map(there.map((entry) => [entry.path, entry]));
  return wanted
    .filter((entry) => {
      const other = found.get(entry.path);
      return other === undefined || !isSame(entry, other, 'of files');
    })
    .map(({ path }) => path);
}
