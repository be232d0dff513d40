import type { Looked } from '../domain/looked.ts';

/** A backup that was restored and compared. */
export interface ProvenRestore {
  /** When the proof ended, ms since the epoch. */
  readonly at: number;
  /** When the backup was begun: nothing that was written later is surely in it. */
  readonly takenAt: number;
  /** Name of the backup. */
  readonly backup: string;
  /** Folder, or address of a bucket. */
  readonly place: string;
  /**
   * Whether it lies on the disk that it is a copy of: `same` and `other` as the kernel numbers file systems, `elsewhere`:
   * not on this machine, `unknown`: could not look.
   */
  readonly disk: 'same' | 'other' | 'elsewhere' | 'unknown';
  /** Size of the backup as it is stored, bytes. */
  readonly bytes: number;
  /** How long restoring and comparing took, s. */
  readonly verifySeconds: number;
  /** What a backup of this stack could have had and this one has not. */
  readonly leftOut: readonly string[];
}

/** What was found of backups of this stack, in every place that is known. */
export interface RestoreFacts {
  /** Folders and buckets that were looked into. */
  readonly places: readonly string[];
  /** The one with the newest data among those that signed evidence proves. */
  readonly proven?: ProvenRestore;
  /** Backups that are newer than it, and of which this is known: found bad, or nothing. */
  readonly newer: readonly { readonly backup: string; readonly is: 'bad' | 'not proven' }[];
  /** Places that could not be looked into, with the reason. */
  readonly unseen: readonly { readonly place: string; readonly why: string }[];
}

/** The newest proven restore of this stack, and what speaks against it. */
export type LastProvenRestore = Looked<RestoreFacts>;
