import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { PcInit } from './source/machine.ts';

/** What a lab remembers between two commands. */
export interface LabRecord {
  /** Secret-free random mark of everything this lab made. */
  readonly nonce?: string;
  /** Backend `source`: what the PC is made of. */
  readonly parts?: {
    readonly engineRoot: string;
    readonly airgap: string;
    readonly engineImages: string;
    readonly k3d: string;
    readonly kubernetes: string;
    readonly imagesKey: string;
  };
  /** Backend `source`: what runs the PC; its own script when undefined. */
  readonly init?: PcInit;
  /** Images that the engine has loaded. */
  readonly loadedKey?: string;
  /** Images that the finished cluster was made of; undefined while there is no finished cluster. */
  readonly clusterKey?: string;
  /** Addresses of the containers before the last cut. */
  readonly addresses?: Readonly<Record<string, string>>;
}

/** The file lab.json in the state folder; each change replaces the whole file at once. */
export class LabRecordFile {
  readonly #file: string;

  constructor(stateDir: string) {
    this.#file = path.join(stateDir, 'lab.json');
  }

  /** What is remembered; empty for a lab that was never up. */
  async read(): Promise<LabRecord> {
    if (!existsSync(this.#file)) return {};
    return JSON.parse(await readFile(this.#file, 'utf8')) as LabRecord;
  }

  /** Remembers the given values beside the others; undefined forgets a value. */
  async update(changes: {
    readonly [Key in keyof LabRecord]: LabRecord[Key] | undefined;
  }): Promise<LabRecord> {
    const next = { ...(await this.read()), ...changes } as LabRecord;
    await mkdir(path.dirname(this.#file), { recursive: true });
    await writeFile(`${this.#file}.partial`, JSON.stringify(next, undefined, 2));
    await rename(`${this.#file}.partial`, this.#file);
    return next;
  }
}
