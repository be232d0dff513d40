import { backupDue, type BackupSchedule, type BackupState } from '../domain/backup-state.ts';
import { ago, dateTime } from '../domain/time-stamp.ts';

/** What is known here of the backups of a stack. */
export interface KnownBackups {
  /** Undefined: none was ever made by this user. */
  readonly state: BackupState | undefined;
  /** Undefined: none is made by itself. */
  readonly schedule: BackupSchedule | undefined;
}

function every(seconds: number): string {
  return seconds % 86_400 === 0 ? 'a day' : `${seconds / 3600} h`;
}

function overdue({ state, schedule }: KnownBackups, now: number): readonly string[] {
  if (schedule === undefined || now <= backupDue(state?.proven, schedule)) return [];
  return [
    `notice: no backup was proven for more than twice ${every(schedule.everySeconds)}, as it is scheduled\n` +
      '  See why: rekindle backup schedule status',
  ];
}

/** Lines on the backups of a stack; none where nothing is known and nothing is wanted. Pure. */
export function backupTexts(known: KnownBackups, now: number): readonly string[] {
  const { state, schedule } = known;
  if (state === undefined && schedule === undefined) return [];
  const { proven } = state ?? {};
  const last =
    proven === undefined
      ? 'no backup was proven yet'
      : `last proven backup: ${ago(now - proven.at)} (${dateTime(proven.at)})`;
  const missed = state?.outcome === 'incomplete' ? 'complete' : 'proven';
  const failure =
    state === undefined || state.outcome === 'proven'
      ? ''
      : `; the last attempt, ${ago(now - state.endedAt)}, was not ${missed}: ${state.why ?? state.outcome}`;
  return [`${last}${failure}`, ...overdue(known, now)];
}
