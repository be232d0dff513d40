import type { InstallRecord } from '../service-spec.ts';
import { readRecord } from '../units/install-record.ts';
import type { Times } from './when.ts';

/** What the person who installs a schedule may choose; kept by a later `install` that does not name it. */
export interface ScheduleOptions {
  /** A folder (absolute), or `s3://bucket/prefix`; undefined: the usual folder of the user. */
  readonly at?: string;
  /** Where the disk of `at` is mounted, when it is one of its own: without it `at` would be a folder of another disk. */
  readonly disk?: string;
  /** Absolute. */
  readonly key?: string;
  readonly recipients?: readonly string[];
  readonly physical?: boolean;
  readonly keepLast?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
}

/** What an installation leaves in the unit. No secrets. */
export interface ScheduleRecord extends InstallRecord {
  readonly times: Times;
  readonly schedule: ScheduleOptions;
}

/** The record of a unit that `rekindle backup schedule install` wrote; undefined when it has none that can be read. */
export function readScheduleRecord(unit: string): ScheduleRecord | undefined {
  const record = readRecord(unit) as Partial<ScheduleRecord> | undefined;
  const isSchedule =
    typeof record?.times?.calendar === 'string' &&
    typeof record.times.everySeconds === 'number' &&
    typeof record.schedule === 'object';
  return isSchedule ? (record as ScheduleRecord) : undefined;
}

/** Arguments of `rekindle backup schedule run`. */
export function scheduleArguments(options: ScheduleOptions): readonly string[] {
  const { at, disk, key, recipients = [], physical = false } = options;
  const words = {
    '--at': at,
    '--disk': disk,
    '--key': key,
    '--keep-last': options.keepLast,
    '--keep-daily': options.keepDaily,
    '--keep-weekly': options.keepWeekly,
    '--keep-monthly': options.keepMonthly,
  };
  return [
    ...Object.entries(words).flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)])),
    ...(recipients.length === 0 ? [] : ['--recipient', ...recipients]),
    ...(physical ? ['--physical'] : []),
  ];
}
