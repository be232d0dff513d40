import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, rename, rm, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { copyObjection } from '../../domain/copy-objection.ts';
import { manifestName, partialSuffix, putBackByHand } from '../../domain/copy-out.ts';
import { emptyDirFolder } from '../../domain/empty-dir.ts';
import { changedPaths } from '../../domain/folder-entry.ts';
import type { NodeContainer, PodFacts } from '../../domain/observation.ts';
import { shownNames } from '../../domain/shown-name.ts';
import { oneLine } from '../../observe/look.ts';
import type { ArchiveReading, ClusterProvider, FolderArchive } from '../../ports/cluster-provider.ts';
import { createFolder, syncFolder } from '../../record/durable-file.ts';
import type { PodCopy, VolumeCopy } from './pod-copy.ts';

/**
 * All volumes of a pod together, bytes. They are read twice, written, and read back from disk while the kubelet waits for
 * 5 minutes at most; what takes longer would be given up anyway when the container starts.
 */
const limitBytes = 2 * 1024 ** 3;

/** Left free on the disk of the copy, bytes. */
const reserveBytes = 16 * 1024 ** 2;

export interface CopySource {
  readonly pod: PodFacts;
  readonly node: NodeContainer;
  /** Folder of this run, absolute; the copy is put below it. */
  readonly root: string;
  readonly provider: ClusterProvider;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A volume as the first look found it. */
interface FoundVolume {
  readonly volume: string;
  readonly found: FolderArchive;
}

/**
 * Copies every emptyDir volume of a pod from its node into a folder, as tar archives with a manifest, and compares: the
 * contents are those of an earlier look at the node, and what is read back from disk is what was written. When it resolves
 * all of that is on disk (fsync). Throws with the reason, and then leaves nothing behind; it changes nothing on the node.
 */
export async function takeCopy(source: CopySource): Promise<PodCopy> {
  const found = await lookAtVolumes(source);
  const folder = freeName(join(source.root, source.pod.namespace, source.pod.name));
  const partial = `${folder}${partialSuffix}`;
  createFolder(partial);
  try {
    await checkRoom(partial, found);
    const volumes: VolumeCopy[] = [];
    for (const volume of found) {
      const archive = join(folder, `${volume.volume}.tar`);
      volumes.push({ ...(await copyVolume(source, volume, partial)), archive });
    }
    await writeManifest(source, partial, volumes);
    await rename(partial, folder);
    syncFolder(dirname(folder));
    return { folder, volumes };
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch((left: unknown) => {
      throw new Error(`${oneLine(error)}; ${partial} could not be removed: ${oneLine(left)}`, {
        cause: error,
      });
    });
    throw error;
  }
}

/** A pod may be copied more than once in a run: an earlier copy is never touched. */
function freeName(folder: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? folder : `${folder}.${number}`;
    if (!existsSync(name) && !existsSync(`${name}${partialSuffix}`)) return name;
  }
}

/** What the volumes hold, without keeping it: how much room it takes, and what the copy has to be the same as. */
async function lookAtVolumes(source: CopySource): Promise<readonly FoundVolume[]> {
  const found: FoundVolume[] = [];
  let left = limitBytes;
  for (const volume of source.pod.emptyDirs) {
    const folder = await readVolume(source, volume, { limitBytes: left });
    if (!folder.isWhole) {
      const gib = limitBytes / 1024 ** 3;
      throw new Error(`its emptyDir volumes hold more than the ${gib} GiB that are copied during a back-off`);
    }
    left -= folder.bytes;
    const why = copyObjection(volume, folder.entries);
    if (why !== undefined) throw new Error(`volume ${volume} cannot be copied out: ${why}`);
    found.push({ volume, found: folder });
  }
  return found;
}

async function readVolume(
  { pod, node, provider, signal }: CopySource,
  volume: string,
  reading: Pick<ArchiveReading, 'limitBytes' | 'take'>,
): Promise<FolderArchive> {
  const path = emptyDirFolder(pod.uid, volume);
  const folder = await provider.readArchive(node.id, { path, signal, ...reading });
  if (folder === undefined) throw new Error(`${node.name} has no folder of volume ${volume}`);
  return folder;
}

function mib(bytes: number): number {
  return Math.ceil(bytes / 1024 ** 2);
}

async function checkRoom(folder: string, found: readonly FoundVolume[]): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = found.reduce((sum, volume) => sum + volume.found.bytes, 0);
  const free = bavail * bsize;
  if (free - reserveBytes < needed) {
    throw new Error(
      `the disk of ${folder} has ${mib(free)} MiB free, and ${mib(needed + reserveBytes)} MiB are needed`,
    );
  }
}

async function copyVolume(
  source: CopySource,
  { volume, found }: FoundVolume,
  folder: string,
): Promise<Omit<VolumeCopy, 'archive'>> {
  const archive = join(folder, `${volume}.tar`);
  const written = createHash('sha256');
  const copied = await writeNew(archive, (file) =>
    readVolume(source, volume, {
      limitBytes: found.bytes,
      take: async (chunk) => {
        written.update(chunk);
        await file.appendFile(chunk);
      },
    }),
  );
  const changed = changedPaths(found.entries, copied.entries);
  if (!copied.isWhole || changed.length > 0) {
    const how = copied.isWhole ? shownNames(changed) : 'it has grown';
    throw new Error(`volume ${volume} changed between two looks (${how}): something still writes to it`);
  }
  const read = createHash('sha256');
  for await (const chunk of createReadStream(archive)) read.update(chunk as Buffer);
  if (read.digest('hex') !== written.digest('hex'))
    throw new Error(`what is read from ${archive} is not what was written to it`);
  return { volume, bytes: copied.bytes, entries: copied.entries };
}

/** Makes a new file for this user only, lets `write` fill it, and returns when it is on disk. */
async function writeNew<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'wx', 0o600);
  try {
    const result = await write(file);
    await file.sync();
    return result;
  } finally {
    await file.close();
  }
}

/** The list of what was copied, with what a person needs to put it back, as the last file of a copy. */
async function writeManifest(
  { pod, node, now }: CopySource,
  folder: string,
  volumes: readonly VolumeCopy[],
): Promise<void> {
  const { namespace, name, uid, owner } = pod;
  const archives = volumes.map(({ archive }) => archive);
  const manifest = {
    schema: 'rekindle.dev/v1alpha1/copy-out',
    copiedAt: new Date(now).toISOString(),
    pod: { namespace, name, uid, owner, node: node.name },
    putBack: putBackByHand(archives, namespace),
    volumes,
  };
  await writeNew(join(folder, manifestName), (file) =>
    file.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`),
  );
  syncFolder(folder);
}
