import type { Readable } from 'node:stream';

/** What was stored under a name. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the stored bytes, hexadecimal. */
  readonly sha256: string;
}

/**
 * Where backups lie. A backup is a set of files under its id and is there as a whole or not at all: files are put under an id
 * that nobody lists until `commit`. Names have no folders. Every call throws StoreUnavailable when the store cannot be asked,
 * which is not the same as "there is no backup".
 */
export interface BackupStore {
  /** What a person would call the place: a folder, or the address of a bucket. */
  readonly place: string;
  /** Ids of whole backups, oldest first. */
  ids(): Promise<readonly string[]>;
  /** Ids of backups that were begun and not committed. */
  unfinished(): Promise<readonly string[]>;
  /** Names of the files under an id, whole or not. */
  names(id: string): Promise<readonly string[]>;
  /**
   * Stores a file under an unfinished id, or adds one to a whole backup. When the stream fails nothing is there under that
   * name; a name that is there is replaced in one step.
   */
  put(id: string, name: string, bytes: Readable): Promise<StoredFile>;
  /** The bytes of a file; undefined when there is none of that name. */
  get(id: string, name: string): Promise<Readable | undefined>;
  /** Makes the backup visible: after it a loss of power finds all of its files. */
  commit(id: string): Promise<void>;
  /** Deletes a backup, whole or not: it is out of the lists before its first file goes. */
  remove(id: string): Promise<void>;
}
