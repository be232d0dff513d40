import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { emptyRunFile, type RunFile, runFile } from './run-row.ts';

const root = path.dirname(import.meta.dirname);
const file = path.join(root, 'results', 'power-cut.json');

/** All runs so far; throws when the file does not fit its schema. */
export async function readRuns(): Promise<RunFile> {
  return existsSync(file) ? runFile.parse(JSON.parse(await readFile(file, 'utf8'))) : emptyRunFile;
}

/** Replaces the file of runs in one step: a reader or a kill sees the old one or the new one. */
export async function writeRuns(runs: RunFile): Promise<void> {
  await writeWhole(file, `${JSON.stringify(runFile.parse(runs), undefined, 1)}\n`);
}

/** Keeps the raw log of a run, compressed; returns its path from the root of the repository and its digest. */
export async function writeLog(name: string, text: string): Promise<{ path: string; sha256: string }> {
  const relative = path.join('results', 'logs', `${name}.log.gz`);
  const data = await promisify(gzip)(text);
  await mkdir(path.join(root, 'results', 'logs'), { recursive: true });
  await writeWhole(path.join(root, relative), data);
  return { path: relative, sha256: sha256(data) };
}

/** Digest of a kept log as it is now; undefined when the file is not there. */
export async function logDigest(relative: string): Promise<string | undefined> {
  const name = path.join(root, relative);
  return existsSync(name) ? sha256(await readFile(name)) : undefined;
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Replaces a file in one step, durably: a reader or a kill sees the old one or the new one. */
export async function writeWhole(target: string, data: string | Uint8Array): Promise<void> {
  const part = `${target}.part`;
  const handle = await open(part, 'w');
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, target);
}
