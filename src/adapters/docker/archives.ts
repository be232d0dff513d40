import { createHash, type Hash } from 'node:crypto';
import { posix } from 'node:path';

import type { Header } from 'tar-stream';

import type { ArchivedEntry, EntryType } from '../../domain/folder-entry.ts';
import type {
  ArchiveBody,
  ArchiveReading,
  FileReading,
  FolderArchive,
  NodeFile,
} from '../../ports/cluster-provider.ts';
import { withDeadline } from '../deadline.ts';
import type { DockerEngine } from './engine.ts';
import { EngineRefused } from './errors.ts';
import { fileToArchive, readTar, TarDamaged, type TakeContents, type TarEntry } from './tar.ts';

/** Time for what is read whole at once, ms. */
const smallDeadlineMs = 3000;

const types: Readonly<Partial<Record<NonNullable<Header['type']>, EntryType>>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'hard link',
  fifo: 'fifo',
  'character-device': 'character device',
  'block-device': 'block device',
};

/** What people call them. */
const words: Readonly<Partial<Record<EntryType, string>>> = {
  symlink: 'a symbolic link',
  directory: 'a folder',
  other: 'no regular file',
};

/**
 * Files and folders of a container, running or not, as the engine sends and takes them: tar archives (docs.docker.com,
 * Engine API, ContainerArchive and PutContainerArchive). It follows no link at the end of a path, keeps the container
 * locked for its other calls until an archive is read, and sees the container's own volumes but not what is mounted inside
 * it (moby daemon/archive_unix.go, daemon/containerfs_linux.go; docs.docker.com, docker container cp).
 */
export class ContainerArchives {
  readonly #engine: DockerEngine;

  constructor(engine: DockerEngine) {
    this.#engine = engine;
  }

  /** Reads one regular file and gives its size in bytes. Throws EngineRefused when it is not there or cannot be used. */
  async readFile(id: string, { path, limitBytes, take }: FileReading): Promise<number> {
    const place = `${path} in container ${id.slice(0, 12)}`;
    const unusable = (cause: string) => unreadable(place, cause);
    let size: number | undefined;
    const entry = ({ header }: TarEntry): TakeContents | undefined => {
      if (size !== undefined) return undefined;
      const type = types[header.type];
      if (type !== 'file') throw unusable(`it is ${words[type ?? 'other'] ?? `a ${type}`}`);
      if (header.size > limitBytes) throw unusable(`it has ${header.size} bytes, more than ${limitBytes}`);
      size = header.size;
      return take;
    };
    await withDeadline(smallDeadlineMs, (signal) => this.#read(id, path, { entry, place, signal }));
    if (size === undefined) throw unusable('the archive is empty');
    return size;
  }

  /** The regular files of one folder and of those in it; undefined when there is no such folder. */
  async readFolder(id: string, path: string, limitBytes: number): Promise<readonly NodeFile[] | undefined> {
    const files: { name: string; chunks: Uint8Array[]; modifiedAt: number }[] = [];
    const entry = ({ header }: TarEntry): TakeContents | undefined => {
      if (types[header.type] !== 'file') return undefined;
      const chunks: Uint8Array[] = [];
      files.push({ name: posix.basename(header.name), chunks, modifiedAt: header.mtime.getTime() });
      return (chunk) => chunks.push(chunk);
    };
    const place = `${path} in container ${id.slice(0, 12)}`;
    let bytes = 0;
    const take = (chunk: Uint8Array): Promise<void> => {
      bytes += chunk.length;
      if (bytes > limitBytes) throw new Error(`${path} has more than ${limitBytes} bytes`);
      return Promise.resolve();
    };
    const isThere = await withDeadline(smallDeadlineMs, (signal) =>
      this.#isThere(this.#read(id, path, { entry, place, take, signal })),
    );
    if (!isThere) return undefined;
    return files.map(({ name, chunks, modifiedAt }) => ({ name, bytes: Buffer.concat(chunks), modifiedAt }));
  }

  /** Puts one file into a folder. */
  async writeFile(
    id: string,
    { folder, name, bytes }: { readonly folder: string; readonly name: string; readonly bytes: Uint8Array },
  ): Promise<void> {
    const archive = await fileToArchive(name, bytes, Date.now());
    await this.#engine.upload({
      method: 'PUT',
      path: archivePath(id, folder),
      archive: { bytes: archive.length, chunks: [archive] },
    });
  }

  /** Reads a folder with all that is in it; see the port. */
  async readArchive(id: string, reading: ArchiveReading): Promise<FolderArchive | undefined> {
    const { path, limitBytes } = reading;
    const place = `${path} in container ${id.slice(0, 12)}`;
    const folder = new FolderListing(posix.basename(path), (cause) => unreadable(place, cause));
    const full = new Error('the limit is reached');
    let bytes = 0;
    const take = async (chunk: Uint8Array): Promise<void> => {
      bytes += chunk.length;
      if (bytes > limitBytes) throw full;
      await reading.take?.(chunk);
    };
    const read = this.#read(id, path, {
      entry: (entry) => folder.add(entry),
      place,
      take,
      ...(reading.signal !== undefined && { signal: reading.signal }),
    });
    try {
      return (await this.#isThere(read)) ? { entries: folder.digested(), isWhole: true, bytes } : undefined;
    } catch (error) {
      // The last file is cut there, and its digest would be one of half a file.
      if (error === full) return { entries: folder.entries, isWhole: false, bytes };
      throw error;
    }
  }

  /** Unpacks an archive into a folder; see the port. */
  async writeArchive(id: string, folder: string, archive: ArchiveBody): Promise<void> {
    // Owners stay as they are in the archive: `copyUIDGID` would give everything to the container's user.
    const path = `${archivePath(id, folder)}&noOverwriteDirNonDir=1`;
    await this.#engine.upload({ method: 'PUT', path, archive });
  }

  async #read(id: string, path: string, { entry, place, take, signal }: ArchiveWalk): Promise<void> {
    const request = { method: 'GET', path: archivePath(id, path) } as const;
    try {
      await this.#engine.download(
        request,
        (chunks) => readTar(take === undefined ? chunks : tapped(chunks, take), entry),
        signal,
      );
    } catch (error) {
      throw error instanceof TarDamaged ? unreadable(place, error.message) : error;
    }
  }

  async #isThere(read: Promise<void>): Promise<boolean> {
    try {
      await read;
      return true;
    } catch (error) {
      if (error instanceof EngineRefused && error.status === 404) return false;
      throw error;
    }
  }
}

interface ArchiveWalk {
  readonly entry: (entry: TarEntry) => TakeContents | undefined;
  /** For messages. */
  readonly place: string;
  /** Takes the archive itself; what it throws ends the walk. */
  readonly take?: (chunk: Uint8Array) => Promise<void>;
  readonly signal?: AbortSignal;
}

function archivePath(id: string, path: string): string {
  return `/containers/${encodeURIComponent(id)}/archive?path=${encodeURIComponent(path)}`;
}

async function* tapped(
  chunks: AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    await take(chunk);
    yield chunk;
  }
}

function unreadable(place: string, cause: string): EngineRefused {
  return new EngineRefused(undefined, {
    what: 'The file could not be read',
    cause,
    place,
    next: 'Look at it by hand: docker exec with ls -l.',
  });
}

/** Collects the entries of one folder's archive, in which every name begins with the folder's own. */
class FolderListing {
  readonly #base: string;
  readonly #unusable: (cause: string) => Error;
  readonly #found: { readonly entry: ArchivedEntry; readonly hash: Hash | undefined }[] = [];

  constructor(base: string, unusable: (cause: string) => Error) {
    this.#base = base;
    this.#unusable = unusable;
  }

  add({ header, from, to }: TarEntry): TakeContents | undefined {
    const type = types[header.type] ?? 'other';
    const hash = type === 'file' ? createHash('sha256') : undefined;
    const link = linkOf(header, type);
    const entry: ArchivedEntry = {
      path: this.#below(header.name),
      type,
      mode: header.mode & 0o7777,
      // A number that is too large for its field stands in an extended header (POSIX pax, extended header keywords).
      uid: extended(header, 'uid') ?? header.uid,
      gid: extended(header, 'gid') ?? header.gid,
      size: type === 'file' ? header.size : 0,
      modifiedAt: header.mtime.getTime(),
      from,
      to,
      ...(link !== undefined && { link: type === 'hard link' ? this.#below(link) : link }),
      ...(type.endsWith('device') && { device: `${header.devmajor}:${header.devminor}` }),
    };
    this.#found.push({ entry, hash });
    return hash === undefined ? undefined : (chunk) => void hash.update(chunk);
  }

  get entries(): readonly ArchivedEntry[] {
    return this.#found.map(({ entry }) => entry);
  }

  digested(): readonly ArchivedEntry[] {
    return this.#found.map(({ entry, hash }) => ({
      ...entry,
      ...(hash !== undefined && { sha256: hash.digest('hex') }),
    }));
  }

  #below(name: string): string {
    const [first, ...rest] = name.replace(/\/$/, '').split('/');
    if (first !== this.#base || rest.some((part) => part === '' || part === '.' || part === '..'))
      throw this.#unusable('the archive has a name that does not belong to its folder');
    return rest.join('/');
  }
}

function linkOf(header: Header, type: EntryType): string | undefined {
  return type === 'symlink' || type === 'hard link' ? (header.linkname ?? '') : undefined;
}

function extended({ pax }: Header, key: string): number | undefined {
  const value = (pax as Readonly<Record<string, string>> | null | undefined)?.[key];
  return value === undefined ? undefined : Number(value);
}
