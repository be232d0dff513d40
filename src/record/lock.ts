import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createDurably } from './durable-file.ts';
import { ExplainedError, causeText } from './explained-error.ts';
import { redact } from './redact.ts';

/** The lock file cannot be made or locked: then nobody can tell whether another healer is at work. */
export class LockUnavailable extends ExplainedError {
  override readonly name = 'LockUnavailable';
}

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly command: string;
  /** ms since the epoch. */
  readonly since: number;
}

/** Either the lock, to be released, or who has it; `by` is undefined while the holder has not written its name yet. */
export type LockAttempt =
  | { readonly held: true; readonly release: () => void }
  | { readonly held: false; readonly by: LockHolder | undefined };

/** SQLITE_BUSY (sqlite.org/rescode.html): another connection has the lock. */
const busy = 5;

/** Open locks: a database that nobody refers to would be closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>();

/**
 * Tries to get the one lock of a cluster on this machine, without waiting. It is an exclusive transaction on an
 * SQLite file (`lockPath`), which is a lock of the kernel on that file: it ends with the process, however that
 * ends, so there is never a stale lock to clear away. The holder's name lies in a file beside it, because the
 * locked file itself cannot be read. Throws LockUnavailable.
 */
export function tryAcquireLock(file: string, command: string, now: number = Date.now()): LockAttempt {
  const holderFile = `${file}.holder.json`;
  let database: DatabaseSync | undefined;
  try {
    createDurably(file);
    database = new DatabaseSync(file, { timeout: 0 });
    // A journal in memory: this transaction writes nothing and must leave no file behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    writeHolder(holderFile, { pid: process.pid, command: redact(command), since: now });
    return { held: true, release: releaser(database, holderFile) };
  } catch (error) {
    if (database?.isOpen === true) database.close();
    if (isBusy(error)) return { held: false, by: readHolder(holderFile) };
    throw new LockUnavailable(
      {
        what: 'The lock of this cluster cannot be used',
        cause: causeText(error),
        place: file,
        next: 'Make the folder writable, or name another one with XDG_STATE_HOME.',
      },
      { cause: error },
    );
  }
}

function releaser(database: DatabaseSync, holderFile: string): () => void {
  held.add(database);
  return () => {
    held.delete(database);
    if (!database.isOpen) return;
    // First the name, then the lock: otherwise the next holder's name could be removed.
    rmSync(holderFile, { force: true });
    database.close();
  };
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && (errcode & 0xff) === busy;
}

/** Readers must never see half a name: a rename replaces the file at once. */
function writeHolder(file: string, holder: LockHolder): void {
  const fresh = `${file}.${holder.pid}`;
  writeFileSync(fresh, JSON.stringify(holder), { mode: 0o644 });
  renameSync(fresh, file);
}

/** The holder, if its process lives: a name left by one that was killed says nothing about who holds the lock now. */
function readHolder(file: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
    return isAlive(holder.pid) ? holder : undefined;
  } catch {
    // Between locking and writing its name the holder has none: the caller is told that it is not known.
    return undefined;
  }
}

/** Whether there is a process of this number, whoever's it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to another user.
    return (error as { code?: string }).code === 'EPERM';
  }
}
