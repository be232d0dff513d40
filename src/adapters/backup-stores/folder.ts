import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, type PathLike } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';

import { isBackupId } from '../../domain/backup-id.ts';
import type { BackupStore, StoredFile } from '../../ports/backup-store.ts';
import { createFolder, syncFolder } from '../../record/durable-file.ts';
import { errorCode } from '../../record/explained-error.ts';
import { checkedId, checkedName } from './checked-names.ts';
import { StoreUnavailable } from './store-unavailable.ts';

/** A backup that is being made is a folder of this name, and so is one that is being deleted. */
const unfinishedSuffix = '.unfinished';
const doomedSuffix = '.deleted';

/** A file that is being written; what a kill leaves of it is removed before its backup is whole. */
const partPrefix = '.part-';

/** Backups in a folder of this machine: `<root>/<id>/<file>`, readable by this user only. */
export class FolderStore implements BackupStore {
  readonly place: string;

  constructor(root: string) {
    this.place = root;
  }

  async ids(): Promise<readonly string[]> {
    const names = await this.#list(this.place);
    return names.filter((name) => isBackupId(name)).toSorted();
  }

  async unfinished(): Promise<readonly string[]> {
    const names = await this.#list(this.place);
    return names
      .filter((name) => name.endsWith(unfinishedSuffix))
      .map((name) => name.slice(0, -unfinishedSuffix.length))
      .filter((id) => isBackupId(id))
      .toSorted();
  }

  async names(id: string): Promise<readonly string[]> {
    const names = await this.#list(this.#folderOf(id));
    return names.filter((name) => !name.startsWith(partPrefix)).toSorted();
  }

  async put(id: string, name: string, bytes: Readable): Promise<StoredFile> {
    const folder = existsSync(this.#whole(id)) ? this.#whole(id) : this.#begun(id);
    const file = path.join(folder, checkedName(name));
    const part = path.join(folder, `${partPrefix}${randomUUID()}`);
    return this.#telling(`The backup's file ${name} could not be written`, file, async () => {
      createFolder(folder);
      try {
        const stored = await write(part, bytes);
        await rename(part, file);
        syncFolder(folder);
        return { name, ...stored };
      } finally {
        await rm(part, { force: true });
      }
    });
  }

  async get(id: string, name: string): Promise<Readable | undefined> {
    const file = path.join(this.#folderOf(id), checkedName(name));
    return this.#telling(`The backup's file ${name} could not be read`, file, async () => {
      const handle = await opened(file);
      return handle === undefined ? undefined : createReadStream('', { fd: handle, highWaterMark: 1 << 20 });
    });
  }

  async commit(id: string): Promise<void> {
    await this.#telling('The backup could not be finished', this.#begun(id), async () => {
      for (const name of await this.#list(this.#begun(id)))
        if (name.startsWith(partPrefix)) await rm(path.join(this.#begun(id), name), { force: true });
      await rename(this.#begun(id), this.#whole(id));
      syncFolder(this.place);
    });
  }

  async remove(id: string): Promise<void> {
    const folder = this.#folderOf(id);
    await this.#telling('The backup could not be deleted', folder, async () => {
      const doomed = path.join(this.place, `${id}.${randomUUID()}${doomedSuffix}`);
      if (existsSync(folder)) await rename(folder, doomed);
      // What an earlier deletion did not finish goes as well.
      for (const name of (await this.#list(this.place)).filter((each) => isDoomed(each)))
        await rm(path.join(this.place, name), { recursive: true });
      syncFolder(this.place);
    });
  }

  #whole(id: string): string {
    return path.join(this.place, checkedId(id));
  }

  #begun(id: string): string {
    return `${this.#whole(id)}${unfinishedSuffix}`;
  }

  #folderOf(id: string): string {
    const begun = this.#begun(id);
    return existsSync(begun) ? begun : this.#whole(id);
  }

  /** Names in a folder; none when it was never made. */
  async #list(folder: string): Promise<readonly string[]> {
    return this.#telling('The backups could not be listed', folder, async () => {
      try {
        return await readdir(folder);
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return [];
        throw error;
      }
    });
  }

  async #telling<T>(what: string, place: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // What the stream failed with is its own story, and no matter of this store.
      if (errorCode(error) === undefined) throw error;
      throw new StoreUnavailable(what, place, error);
    }
  }
}

/** `<id>.<uuid>.deleted`: a folder of another name is not ours. */
function isDoomed(name: string): boolean {
  return name.endsWith(doomedSuffix) && isBackupId(name.split('.', 1)[0] ?? '');
}

async function opened(file: PathLike): Promise<Awaited<ReturnType<typeof open>> | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a new file and syncs it to disk; its size and digest are of what was written. */
async function write(file: string, bytes: Readable): Promise<Pick<StoredFile, 'bytes' | 'sha256'>> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      await writeAll(handle, chunk);
    }
    await handle.sync();
    return { bytes: size, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** write(2) may take less than it was given. */
async function writeAll(handle: Awaited<ReturnType<typeof open>>, chunk: Buffer): Promise<void> {
  let at = 0;
  while (at < chunk.length) at += (await handle.write(chunk, at)).bytesWritten;
}
