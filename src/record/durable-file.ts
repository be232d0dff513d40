import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './explained-error.ts';

/**
 * Makes sure that the file exists, readable by this user only (0600), in a folder of its own (0700), and that both
 * are still there after a loss of power: a new name is on disk only when its folder was synced (fsync(2)).
 * Throws the system's error.
 */
export function createDurably(file: string): void {
  if (existsSync(file)) return;
  const folder = dirname(file);
  createFolder(folder);
  // Not exclusive: two processes may come here at the same time, and both mean the same file.
  const handle = openSync(file, 'a', 0o600);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncFolder(folder);
}

/**
 * Writes a file that is not there yet, all of it, and waits until it is on disk; its name is when its folder was synced. Throws
 * the system's error (EEXIST when it is there, ENOSPC); half a file may be left then.
 */
export function writeNewFile(file: string, content: string | Uint8Array, mode: number): void {
  const handle = openSync(file, 'wx', mode);
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes the entries of a folder to disk. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes a folder for this user only (0700), with those above it that are missing, and writes their names to disk. */
export function createFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  createFolder(parent);
  try {
    // Not `recursive`: that reports a read-only disk as "no such file" (Node 24).
    mkdirSync(folder, 0o700);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  syncFolder(parent);
}
