import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readFile, readdir, readlink, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { withLock } from '../lock.ts';
import type { Progress, TimedStep } from '../progress.ts';

/** Hash of texts and of the files below folders; names, contents and the executable bit count, times do not. */
export async function hashInputs(texts: readonly string[], folders: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\n`);
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      const stat = await lstat(file);
      hash.update(`${path.relative(folder, file)} ${stat.mode & 0o111}\n`);
      hash.update(stat.isSymbolicLink() ? await readlink(file) : await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** One result of the build: a folder made by `build` from the inputs that `key` is the hash of. */
export interface CacheStep extends TimedStep {
  readonly key: string;
  readonly build: (folder: string) => Promise<void>;
}

/** A build cache: each step's result is a folder `<name>-<key>` that appears whole or not at all. */
export class BuildCache {
  readonly root: string;
  readonly progress: Progress;
  readonly #log: (line: string) => void;

  constructor(root: string, progress: Progress, log: (line: string) => void) {
    this.root = root;
    this.progress = progress;
    this.#log = log;
  }

  /** Where the step's result is, or will be. */
  folder(step: { readonly name: string; readonly key: string }): string {
    return path.join(this.root, `${step.name}-${step.key}`);
  }

  /**
   * Folder of the step's result, building it first when it is missing. Safe to interrupt at any time, and safe beside
   * another process that wants the same: one builds, the other waits.
   */
  async get(step: CacheStep): Promise<string> {
    const folder = this.folder(step);
    if (existsSync(folder)) return folder;
    const waiting = (pid: number) => this.#log(`${step.name}: process ${pid} is building it, waiting`);
    await withLock(`${folder}.lock`, waiting, async () => {
      if (!existsSync(folder)) await this.#build(step, folder);
    });
    return folder;
  }

  async #build(step: CacheStep, folder: string): Promise<void> {
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await this.progress.step(step, () => step.build(partial));
    await rename(partial, folder);
  }
}
