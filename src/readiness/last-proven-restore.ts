import type { Looked } from '../domain/looked.ts';

/** A backup that was restored and compared. */
export interface ProvenRestore {
  /** When the proof ended, ms since the epoch. */
  readonly at: number;
  /** Name of the backup. */
  readonly backup: string;
  /** Size of the backup, bytes. */
  readonly bytes: number;
  /** How long restoring and comparing took, s. */
  readonly verifySeconds: number;
}

/** The newest proven restore of this stack; `none`: it was looked for and there is none. */
export type LastProvenRestore = Looked<ProvenRestore | 'none'>;
