import { scheduleArguments, type ScheduleRecord } from '../schedule/schedule-record.ts';
import { targetArguments, type ServiceSpec } from '../service-spec.ts';
import { recordLine, recordSection } from './install-record.ts';
import { commandLine } from './quoting.ts';
import { order, section, surroundings, type Setting } from './systemd-unit.ts';

/** Names of the units, in both managers. */
export const backupServiceName = 'rekindle-backup.service';
export const backupTimerName = 'rekindle-backup.timer';

/** A backup and its proof are ended after this time: the next one is due, or something hangs. */
const longest = '12h';

/** Everything that a schedule's definition says. */
export type ScheduleSpec = ServiceSpec & { readonly record: ScheduleRecord };

/** What the program is told to do. */
export function backupWords({ schedule, options }: ScheduleRecord): readonly string[] {
  return ['backup', 'schedule', 'run', ...scheduleArguments(schedule), ...targetArguments(options)];
}

/**
 * One backup, with its proof and what is deleted afterwards. It gives way to everything else on this machine; what the database
 * itself does for it runs in the cluster, beyond the reach of these settings. Throws NotWritableInUnit.
 */
export function backupService(spec: ScheduleSpec): string {
  const { program, record } = spec;
  const service: readonly Setting[] = [
    ['Type', 'oneshot'],
    ['ExecStart', commandLine([...program, ...backupWords(record)])],
    ['TimeoutStartSec', longest],
    ['TimeoutStopSec', '60'],
    ['KillMode', 'mixed'],
    // What an interrupted command ends with.
    ['SuccessExitStatus', '130'],
    ['Nice', '19'],
    ['IOSchedulingClass', 'idle'],
    ['CPUWeight', '20'],
    ['IOWeight', '20'],
    ['SyslogIdentifier', 'rekindle-backup'],
    ...surroundings(spec),
  ];
  return [
    `# Written by rekindle ${record.version}. Change it with \`rekindle backup schedule install\`.`,
    // It wants no engine: a backup is no reason to start one.
    section('Unit', [['Description', 'Rekindle: a backup, and its proof'], ...order(spec)]),
    section('Service', service),
    `[${recordSection}]\n${recordLine(record)}\n`,
  ].join('\n');
}

/** When it runs. A time that was missed because the machine was off is made up for at the next start (Persistent=). */
export function backupTimer({ record }: ScheduleSpec): string {
  return [
    `# Written by rekindle ${record.version}. Change it with \`rekindle backup schedule install\`.`,
    section('Unit', [['Description', 'Rekindle: backups in regular order']]),
    section('Timer', [
      ['OnCalendar', record.times.calendar],
      ['Persistent', 'true'],
      ['RandomizedDelaySec', '300'],
      ['AccuracySec', '60'],
      ['Unit', backupServiceName],
    ]),
    section('Install', [['WantedBy', 'timers.target']]),
  ].join('\n');
}
