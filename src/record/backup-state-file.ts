import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import type { BackupState } from '../domain/backup-state.ts';
import { createFolder, syncFolder } from './durable-file.ts';
import { errorCode } from './explained-error.ts';

/** Replaces what is there in one step, on disk when it returns: it says when data was last safe. Throws the system's error. */
export function writeBackupState(file: string, state: BackupState): void {
  const folder = path.dirname(file);
  createFolder(folder);
  const fresh = `${file}.${process.pid}`;
  const handle = openSync(fresh, 'w', 0o600);
  try {
    writeFileSync(handle, `${JSON.stringify(state)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
  syncFolder(folder);
}

/** What the last attempt has left; undefined: none was ever made here. Throws when it cannot be read. */
export function readBackupState(file: string): BackupState | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BackupState;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The states of all contexts in a folder of state. Throws when one cannot be read. */
export function readBackupStates(folder: string): readonly BackupState[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^backup-.*\.json$/.test(name));
  return names.flatMap((name) => readBackupState(path.join(folder, name)) ?? []);
}
