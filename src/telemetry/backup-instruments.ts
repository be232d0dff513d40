import { Gauge, type Registry } from 'prom-client';

import { backupDue, type BackupSchedule, type BackupState } from '../domain/backup-state.ts';

/** What is known of the backups of the stack that the agent watches. */
export interface ToldBackups {
  readonly state: BackupState | undefined;
  readonly schedule: BackupSchedule | undefined;
}

/** Metrics of backups, which other processes make. */
export function backupInstruments(registers: Registry[]) {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  return {
    successAt: gauge(
      'rekindle_backup_last_success_timestamp_seconds',
      'When the last backup was stored whole, in seconds since the epoch; 0 for never.',
    ),
    provenAt: gauge(
      'rekindle_backup_last_proven_timestamp_seconds',
      'When the newest backup that was proven by restoring it was begun, in seconds since the epoch; 0 for never.',
    ),
    dueAt: gauge(
      'rekindle_backup_due_timestamp_seconds',
      'When the next proven backup has to be there at the latest, in seconds since the epoch; NaN when none is scheduled.',
    ),
    isProven: gauge(
      'rekindle_backup_last_attempt_proven',
      'Whether the last attempt was proven and nothing was missing in it: 1 yes, 0 no, NaN when there was none.',
    ),
    bytes: gauge(
      'rekindle_backup_stored_bytes',
      'Size of the last backup as it is stored; NaN when there is none.',
    ),
    seconds: gauge(
      'rekindle_backup_create_seconds',
      'How long it took to take and store it; NaN when there is none.',
    ),
    verifySeconds: gauge(
      'rekindle_backup_verify_seconds',
      'How long the proof of the newest proven one took; NaN when there is none.',
    ),
  };
}

export type BackupInstruments = ReturnType<typeof backupInstruments>;

const orNone = (value: number | undefined): number => value ?? Number.NaN;
const secondsOf = (at: number | undefined): number => (at ?? 0) / 1000;

/** Tells what is known now; undefined: nothing is. */
export function tellBackups(made: BackupInstruments, told: ToldBackups | undefined): void {
  const { state, schedule } = told ?? {};
  const { stored, proven } = state ?? {};
  made.successAt.set(secondsOf(stored?.at));
  made.provenAt.set(secondsOf(proven?.at));
  made.dueAt.set(schedule === undefined ? Number.NaN : secondsOf(backupDue(proven, schedule)));
  made.isProven.set(state === undefined ? Number.NaN : Number(state.outcome === 'proven'));
  made.bytes.set(orNone(stored?.bytes));
  made.seconds.set(orNone(stored?.seconds));
  made.verifySeconds.set(orNone(proven?.verifySeconds));
}
