import { createReadStream } from 'node:fs';

import { decideCopyBack } from '../../domain/copy-back.ts';
import { emptyDirFolder, emptyDirsFolder } from '../../domain/empty-dir.ts';
import { missingPaths, type ArchivedEntry } from '../../domain/folder-entry.ts';
import type { NodeContainer, PodFacts } from '../../domain/observation.ts';
import { shownNames } from '../../domain/shown-name.ts';
import type { ClusterProvider, FolderArchive } from '../../ports/cluster-provider.ts';
import type { VolumeCopy } from './pod-copy.ts';

/** Two blocks of zeros end a tar archive (POSIX pax, ustar interchange format), bytes. */
const archiveEnd = Buffer.alloc(1024);

export interface CopyTarget {
  readonly pod: PodFacts;
  readonly node: NodeContainer;
  readonly provider: ClusterProvider;
}

/** What became of a copy in the new pod. */
export interface PutBack {
  /** Put there, and found there again as they were. */
  readonly put: readonly ArchivedEntry[];
  /** Paths where the new pod had something else, which was left. */
  readonly left: readonly string[];
}

/**
 * Puts a copied volume into the emptyDir of the same name of a new pod and compares what is there then with what was copied.
 * What the new pod has is not replaced; what it writes in the moment between the look and the unpacking can be. Throws when
 * it could not be put there, or is not there as it was.
 */
export async function putCopyBack(target: CopyTarget, copy: VolumeCopy): Promise<PutBack> {
  const before = await folderOf(target, copy.volume);
  const { put, left } = decideCopyBack(copy.entries, before.entries);
  if (put.length === 0) return { put, left };
  await target.provider.writeArchive(target.node.id, emptyDirsFolder(target.pod.uid), {
    bytes: put.reduce((sum, { from, to }) => sum + to - from, archiveEnd.length),
    chunks: parts(copy.archive, put),
  });
  const after = await folderOf(target, copy.volume);
  const missing = missingPaths(put, after.entries);
  if (missing.length === 0) return { put, left };
  throw new Error(
    `${missing.length} of ${put.length} things in volume ${copy.volume} of ${target.pod.name} are not as they were ` +
      `(${shownNames(missing)}): the new pod may have changed them`,
  );
}

async function folderOf({ pod, node, provider }: CopyTarget, volume: string): Promise<FolderArchive> {
  const path = emptyDirFolder(pod.uid, volume);
  const folder = await provider.readArchive(node.id, { path, limitBytes: Number.MAX_SAFE_INTEGER });
  if (folder === undefined) throw new Error(`${node.name} has no folder of volume ${volume} of ${pod.name}`);
  return folder;
}

/** The bytes of these entries from the archive as it is: nothing of them is written anew. */
async function* parts(archive: string, entries: readonly ArchivedEntry[]): AsyncGenerator<Uint8Array> {
  for (const { from, to } of joined(entries))
    for await (const chunk of createReadStream(archive, { start: from, end: to - 1 })) yield chunk as Buffer;
  yield archiveEnd;
}

/** Entries that follow each other as one piece: a file is opened once for all of them. */
function joined(
  entries: readonly ArchivedEntry[],
): readonly { readonly from: number; readonly to: number }[] {
  const pieces: { from: number; to: number }[] = [];
  for (const { from, to } of entries) {
    const last = pieces.at(-1);
    if (last?.to === from) last.to = to;
    else pieces.push({ from, to });
  }
  return pieces;
}
