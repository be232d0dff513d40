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

import { isSuperseded, type BackupState } from '../domain/backup-state.ts';
import { createFolder, syncFolder } from './durable-file.ts';
import { errorCode } from './explained-error.ts';
import { backupStatePath, sharedBackupStatePath } from './paths.ts';

/**
 * Replaces what is there of the stack in one step, on disk when it returns: it says when data was last safe. A stack whose name nobody
 * has found out is called as its context. Throws the system's error.
 */
export function writeBackupState(state: BackupState): void {
  const { context, stack } = state;
  const file = stack === context ? sharedBackupStatePath(context) : backupStatePath(context, stack);
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

/** What the last attempt at a stack has left; undefined: none was ever made here. Throws when it cannot be read. */
export function readBackupState({
  context,
  stack,
}: Pick<BackupState, 'context' | 'stack'>): BackupState | undefined {
  const own = readFile(backupStatePath(context, stack));
  if (own !== undefined) return own;
  const shared = readFile(sharedBackupStatePath(context));
  return shared?.stack === stack ? shared : undefined;
}

function readFile(file: string): BackupState | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BackupState;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The states of all stacks in a folder of state, one of each. Throws when one cannot be read. */
export function readBackupStates(folder: string): readonly BackupState[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^backup-.*\.json$/.test(name));
  const own = names.filter((name) => name.includes('@'));
  const states = own.flatMap((name) => readFile(path.join(folder, name)) ?? []);
  const shared = names.filter((name) => !name.includes('@'));
  return [
    ...shared
      .flatMap((name) => readFile(path.join(folder, name)) ?? [])
      .filter((state) => !isSuperseded(state, states)),
    ...states,
  ];
}
