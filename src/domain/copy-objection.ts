import { posix } from 'node:path';

import type { FolderEntry } from './folder-entry.ts';
import { shownName } from './shown-name.ts';

/** What stands for bytes that are no UTF-8: two names with it cannot be told apart. */
const notUtf8 = '\u{FFFD}';

/**
 * Whether a symbolic link leads out of the folder that its volume lies in, as it is written. The engine unpacks no such link
 * (moby pkg/archive, createTarFile, "invalid symlink"), whatever it would lead to inside the pod.
 */
function leadsOut(volume: string, { type, path, link = '' }: FolderEntry): boolean {
  if (type !== 'symlink') return false;
  const target = posix.join(volume, posix.dirname(path), link);
  return target === '..' || target.startsWith('../');
}

/** Why one entry could not be put back as it is; undefined when it can. */
function entryObjection(volume: string, entry: FolderEntry): string | undefined {
  const name = shownName(entry.path);
  if (`${entry.path}${entry.link ?? ''}`.includes(notUtf8)) return `the name of ${name} is not valid UTF-8`;
  if (entry.type === 'other') return `${name} is of a kind that is not known here`;
  if (leadsOut(volume, entry))
    return `the link ${name} leads out of the volume, and the container engine does not put such a link back`;
  return undefined;
}

/**
 * Why a volume cannot be copied out and put back exactly; undefined when it can. Asked before anything is deleted.
 */
export function copyObjection(volume: string, entries: readonly FolderEntry[]): string | undefined {
  const [root] = entries;
  if (root?.path !== '' || root.type !== 'directory') return 'its folder on the node is none';
  if (new Set(entries.map(({ path }) => path)).size !== entries.length)
    return 'two of its names are the same';
  return entries.map((entry) => entryObjection(volume, entry)).find((why) => why !== undefined);
}
