import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';

import { syncFolder, writeNewFile } from '../record/durable-file.ts';

/** A unit holds no secrets, and everybody may know what runs here. */
const mode = 0o644;

/**
 * Writes a unit whole or not at all, and returns when it is on disk: a loss of power right after the installation must
 * not leave an empty one. Throws the system's error.
 */
export function writeUnit(file: string, text: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  // Not a name that a manager reads.
  const half = join(folder, `.${basename(file)}.${process.pid}`);
  try {
    writeNewFile(half, text, mode);
    renameSync(half, file);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/**
 * Writes a file that somebody else made to disk, and its name: a program that was just copied here is empty after a loss
 * of power, and the unit that starts it is not. Throws the system's error.
 */
export function syncFile(file: string): void {
  // What looks like a file may be a pipe by now, and opening one waits for its other end.
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncFolder(dirname(file));
}

/** Removes a unit, which is gone then also after a loss of power; harmless when it is not there. */
export function removeUnit(file: string): void {
  rmSync(file, { force: true });
  if (existsSync(dirname(file))) syncFolder(dirname(file));
}
