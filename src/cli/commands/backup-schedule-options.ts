import type { BackupCreateOptions, BackupPruneOptions } from './backup-options.ts';
import type { ScopeOptions } from './service-options.ts';

/** What a run of the schedule is told. */
export type ScheduleRunOptions = BackupCreateOptions &
  Pick<BackupPruneOptions, 'keepLast' | 'keepDaily' | 'keepWeekly' | 'keepMonthly'> & {
    /** How long a run is tried again, ms. */
    readonly patience?: number;
    /** On this folder something has to be mounted. */
    readonly disk?: string;
  };

export interface ScheduleInstallOptions extends Omit<ScheduleRunOptions, 'patience' | 'disk'>, ScopeOptions {
  /** `HH:MM`. */
  readonly daily?: string;
  /** `6h`. */
  readonly every?: string;
  readonly runAs?: string;
  readonly dryRun?: boolean;
  readonly print?: boolean;
}
