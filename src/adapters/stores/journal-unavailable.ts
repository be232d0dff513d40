import { causeText, ExplainedError } from '../../record/explained-error.ts';

/** The journal cannot be opened, read or written: without it nothing may be done to the stack. */
export class JournalUnavailable extends ExplainedError {
  override readonly name = 'JournalUnavailable';
}

/** Primary result codes of SQLite (sqlite.org/rescode.html) and system errors, with the next move for each. */
const nextMoves: Readonly<Record<string, string>> = {
  5: 'Another process holds the journal: end it, or wait and try again.',
  8: 'Make the folder writable, or name another one with XDG_STATE_HOME.',
  10: 'The disk fails: look at the kernel log, then name another folder with XDG_STATE_HOME.',
  11: 'Move the file away and keep it: a new journal begins empty, without the memory of past actions.',
  13: 'Free space on this disk, or name another folder with XDG_STATE_HOME.',
  14: 'Make the folder accessible, or name another one with XDG_STATE_HOME.',
  26: 'Move the file away: it is no journal.',
  EACCES: 'Make the folder accessible to this user, or name another one with XDG_STATE_HOME.',
  EPERM: 'Make the folder accessible to this user, or name another one with XDG_STATE_HOME.',
  EROFS: 'Mount the disk writable, or name another folder with XDG_STATE_HOME.',
  ENOSPC: 'Free space on this disk, or name another folder with XDG_STATE_HOME.',
  ENOTDIR:
    'Remove the file that stands in the place of a folder, or name another folder with XDG_STATE_HOME.',
};

/** SQLITE_IOERR_SHMSIZE: the file that SQLite's processes share could not be given its size, which means a full disk. */
const noRoomToShare = 4874;

/** JournalUnavailable for whatever SQLite or the file system threw; the error itself when it is one already. */
export function journalUnavailable(what: string, file: string, error: unknown): JournalUnavailable {
  if (error instanceof JournalUnavailable) return error;
  const { errcode, code } = error as { errcode?: number; code?: string };
  const key = errcode === undefined ? (code ?? '') : String(primaryCode(errcode));
  const next = nextMoves[key] ?? 'Name another folder with XDG_STATE_HOME.';
  return new JournalUnavailable({ what, cause: causeText(error), place: file, next }, { cause: error });
}

/** Extended result codes have the primary one in their low byte; that of a full disk is not where one looks for it. */
function primaryCode(errcode: number): number {
  return errcode === noRoomToShare ? 13 : errcode & 0xff;
}
