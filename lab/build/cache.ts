import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Hash of texts and of the files below folders; names count, times do not. */
export async function hashInputs(texts: readonly string[], folders: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\n`);
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      const mode = (await stat(file)).mode & 0o111;
      hash.update(`${path.relative(folder, file)} ${mode}\n`).update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

export interface CacheStep {
  readonly name: string;
  readonly key: string;
  /** Seconds that this takes on 2 cores with nothing cached, for the progress line. */
  readonly expectedSeconds: number;
  readonly build: (folder: string) => Promise<void>;
}

/** A build cache: each step's result is a folder `<name>-<key>` that appears whole or not at all. */
export class BuildCache {
  readonly #root: string;
  readonly #log: (line: string) => void;

  constructor(root: string, log: (line: string) => void) {
    this.#root = root;
    this.#log = log;
  }

  /** Folder of the step's result, building it first when it is missing. Safe to interrupt at any time. */
  async get(step: CacheStep): Promise<string> {
    const folder = path.join(this.#root, `${step.name}-${step.key}`);
    if (existsSync(folder)) return folder;
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    const expected = await this.#lastSeconds(step);
    const start = performance.now();
    this.#log(`${step.name}: building (usually ${expected} s)`);
    const ticker = setInterval(() => {
      this.#log(`${step.name}: ${Math.round((performance.now() - start) / 1000)} s of about ${expected} s`);
    }, 20_000);
    try {
      await step.build(partial);
    } finally {
      clearInterval(ticker);
    }
    await rename(partial, folder);
    const seconds = Math.round((performance.now() - start) / 1000);
    await writeFile(path.join(this.#root, `${step.name}.seconds`), String(seconds));
    this.#log(`${step.name}: built in ${seconds} s`);
    return folder;
  }

  async #lastSeconds(step: CacheStep): Promise<number> {
    const file = path.join(this.#root, `${step.name}.seconds`);
    return existsSync(file) ? Number(await readFile(file, 'utf8')) : step.expectedSeconds;
  }
}
