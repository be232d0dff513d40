import { hasSameContents, type FolderEntry } from './folder-entry.ts';

/** What is to be done with each entry of a copy. */
export interface CopyBack<T extends FolderEntry> {
  /** To be put there, parents before what is in them. */
  readonly put: readonly T[];
  /** Paths that are there already with the same contents. */
  readonly same: readonly string[];
  /** Paths that stay as they are: something else is there, or where their parent should be. */
  readonly left: readonly string[];
}

/** The folders that a path is in, the outermost first, without the root. */
function parents(path: string): readonly string[] {
  const names = path.split('/');
  return names.slice(1).map((_name, index) => names.slice(0, index + 1).join('/'));
}

/**
 * Decides what of a copied folder may be put into another one without replacing anything that is there: neither a file nor
 * what a link there leads to. A hard link is put only together with the file that it is another name of. `copied` is in the
 * order of its archive.
 */
export function decideCopyBack<T extends FolderEntry>(
  copied: readonly T[],
  present: readonly FolderEntry[],
): CopyBack<T> {
  const there = new Map(present.map((entry) => [entry.path, entry]));
  const put = new Map<string, T>();
  const same: string[] = [];
  const left: string[] = [];
  for (const entry of copied) {
    if (entry.path === '') continue;
    const other = there.get(entry.path);
    const isBlocked = parents(entry.path).some(
      (path) => (there.get(path) ?? put.get(path))?.type !== 'directory',
    );
    const isAlone = entry.type === 'hard link' && !put.has(entry.link ?? '');
    if (!isBlocked && other !== undefined && hasSameContents(entry, other)) same.push(entry.path);
    else if (isBlocked || other !== undefined || isAlone) left.push(entry.path);
    else put.set(entry.path, entry);
  }
  return { put: [...put.values()], same, left };
}
