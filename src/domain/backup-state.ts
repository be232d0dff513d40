/** How the backups of one stack are, as the last attempt has left it. */
export interface BackupState {
  readonly context: string;
  /** The context's name where an attempt ended before it was known. */
  readonly stack: string;
  /** Where the last backup lies, or was to lie. */
  readonly place: string;
  /** When the last attempt ended, ms since the epoch. */
  readonly endedAt: number;
  /** `incomplete`: what it has was proven, and something that it was to have could not be had. */
  readonly outcome: 'proven' | 'incomplete' | 'bad' | 'could-not-tell' | 'failed';
  /** Why it was not proven, or what is missing. */
  readonly why?: string;
  /** The last backup that was stored whole. */
  readonly stored?: {
    readonly id: string;
    /** When it was whole, ms since the epoch. */
    readonly at: number;
    readonly bytes: number;
    readonly seconds: number;
  };
  /** The newest whole backup that was proven; `at`: when it was begun, because it has everything up to then. */
  readonly proven?: { readonly id: string; readonly at: number; readonly verifySeconds: number };
}

/** Whether what one file said of all stacks of a context is said again, or since then, by a stack's own. Pure. */
export function isSuperseded({ context, stack, endedAt }: BackupState, own: readonly BackupState[]): boolean {
  return own.some(
    (state) =>
      state.context === context && (state.stack === stack || (stack === context && state.endedAt > endedAt)),
  );
}

/** What an examination has found out about one backup. */
export interface Examined {
  readonly id: string;
  /** When the backup was begun, ms since the epoch. */
  readonly begunAt: number;
  readonly verdict: 'proven' | 'bad' | 'could-not-tell';
  readonly verifySeconds: number;
}

/** The newest proven backup after an examination: what was found to be bad counts no more. Pure. */
export function provenAfter(
  known: BackupState['proven'],
  { id, begunAt, verdict, verifySeconds }: Examined,
): BackupState['proven'] {
  if (verdict === 'bad') return known?.id === id ? undefined : known;
  if (verdict !== 'proven' || (known !== undefined && known.at > begunAt)) return known;
  return { id, at: begunAt, verifySeconds };
}

/** How backups are made by themselves. */
export interface BackupSchedule {
  readonly everySeconds: number;
  /** When it was installed or changed, ms since the epoch. */
  readonly since: number;
}

/** When the next proven backup must be there at the latest, ms since the epoch: one that failed may be made up for by the next. Pure. */
export function backupDue(proven: BackupState['proven'], { everySeconds, since }: BackupSchedule): number {
  return Math.max(proven?.at ?? 0, since) + 2 * everySeconds * 1000;
}
