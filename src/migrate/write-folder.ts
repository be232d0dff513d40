import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { createFolder, syncFolder, writeNewFile } from '../record/durable-file.ts';
import type { Files } from './overlay.ts';

/** Scripts can be run; everything may be read by others: no file has a secret. */
const modes = { script: 0o755, text: 0o644 };

function writeOne(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
  writeNewFile(file, text, file.endsWith('.sh') ? modes.script : modes.text);
}

/**
 * Writes all files or none: beside the folder under a name of its own, synced, and renamed in one step, which the system
 * refuses when there is something in the folder (rename(2), ENOTEMPTY). Throws the system's error; then nothing is left.
 */
export function writeFolder(folder: string, files: Files): void {
  const target = path.resolve(folder);
  const parent = path.dirname(target);
  createFolder(parent);
  const partial = path.join(parent, `.${path.basename(target)}.partial-${process.pid}`);
  mkdirSync(partial, { mode: 0o755 });
  try {
    for (const [name, text] of Object.entries(files)) writeOne(path.join(partial, name), text);
    syncFolder(partial);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
  syncFolder(parent);
}
