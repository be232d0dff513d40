import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

import { createFolder, syncFolder } from '../../record/durable-file.ts';
import type { UploadedEntry } from '../manifest.ts';
import { entryDifferences } from './compare-entries.ts';
import { ArchiveUnusable, tapped, type PassingEntry } from './tar-entries.ts';

/** What was unpacked, and what was not and why. */
export interface Unpacked {
  readonly files: number;
  readonly bytes: number;
  readonly leftOut: readonly string[];
}

/** Only what its owner and others may do; no bit that makes a program somebody else. */
const rights = 0o777;

/** Every folder on the way must be a folder: a link in its place would lead somewhere else. */
function assertFolders(root: string, below: string): void {
  let folder = root;
  for (const part of below.split('/').slice(0, -1)) {
    folder = path.join(folder, part);
    if (!existsSync(folder)) mkdirSync(folder, 0o700);
    if (!lstatSync(folder).isDirectory())
      throw new ArchiveUnusable(`the archive has ${below} below something that is no folder`);
  }
}

/** Whether a link leads nowhere but into the folder. */
function staysInside(root: string, file: string, link: string): boolean {
  const target = path.resolve(path.dirname(file), link);
  return !path.isAbsolute(link) && (target === root || target.startsWith(`${root}${path.sep}`));
}

class Unpacker {
  readonly #root: string;
  readonly found: UploadedEntry[] = [];
  readonly leftOut: string[] = [];
  /** Set when all is there: a folder that may not be written could not be filled. */
  readonly #folders: { readonly folder: string; readonly mode: number }[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  async take(entry: PassingEntry): Promise<void> {
    const { path: below, type, mode, bytes, link } = entry;
    if (below === '') return;
    assertFolders(this.#root, below);
    const file = path.join(this.#root, below);
    const record = { path: below, type, mode, bytes, ...(link !== undefined && { link }) };
    if (type === 'file') this.found.push({ ...record, sha256: await this.#write(file, entry) });
    else this.found.push(record);
    if (type === 'directory') this.#makeFolder(file, mode);
    if (type === 'symlink') this.#makeLink(below, file, link ?? '');
    if (type === 'hard link' || type === 'other') this.leftOut.push(`${below} (a ${type})`);
  }

  finish(): void {
    for (const { folder, mode } of this.#folders.toReversed()) chmodSync(folder, mode);
  }

  async #write(file: string, { mode, modifiedAt, contents }: PassingEntry): Promise<string> {
    const hash = createHash('sha256');
    // Exclusive: nothing that the archive has put there before is followed or written over.
    const handle = openSync(file, 'wx', 0o600);
    try {
      for await (const chunk of contents) {
        hash.update(chunk);
        for (let at = 0; at < chunk.length;) at += writeSync(handle, chunk, at);
      }
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    chmodSync(file, mode & rights);
    utimesSync(file, modifiedAt / 1000, modifiedAt / 1000);
    return hash.digest('hex');
  }

  #makeFolder(folder: string, mode: number): void {
    if (!existsSync(folder)) mkdirSync(folder, 0o700);
    if (!lstatSync(folder).isDirectory()) throw new ArchiveUnusable(`${folder} is there and is no folder`);
    this.#folders.push({ folder, mode: mode & rights });
  }

  #makeLink(below: string, file: string, link: string): void {
    if (staysInside(this.#root, file, link)) symlinkSync(link, file);
    else this.leftOut.push(`${below} (a link that leads out of the folder, to ${link})`);
  }
}

/**
 * Unpacks an archive into a new folder, which comes into place as a whole: every file is what the record says. Nothing is ever written outside
 * of it, whatever the archive says, and no link that leads out is made. Throws ArchiveUnusable, what reading the archive throws and
 * the system's error; then there is no folder.
 */
export async function unpackInto(
  folder: string,
  bytes: AsyncIterable<Uint8Array>,
  expected: readonly UploadedEntry[],
): Promise<Unpacked> {
  const root = path.resolve(folder);
  if (existsSync(root) && readdirSync(root).length > 0)
    throw new ArchiveUnusable(`${root} is there already and is not empty`);
  const part = `${root}.${process.pid}.part`;
  rmSync(part, { recursive: true, force: true });
  createFolder(part);
  try {
    const unpacker = new Unpacker(part);
    for await (const _ of tapped(bytes, (entry) => unpacker.take(entry)));
    unpacker.finish();
    const differences = entryDifferences(expected, unpacker.found);
    if (differences.length > 0) throw new ArchiveUnusable(differences.join('; '));
    renameSync(part, root);
    syncFolder(path.dirname(root));
    const files = unpacker.found.filter(({ type }) => type === 'file');
    return {
      files: files.length,
      bytes: files.reduce((sum, entry) => sum + entry.bytes, 0),
      leftOut: unpacker.leftOut,
    };
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
