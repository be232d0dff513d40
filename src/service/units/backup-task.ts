import { startsOf } from '../schedule/when.ts';
import { backupWords, type ScheduleSpec } from './backup-units.ts';
import { windowsTask } from './windows-task.ts';

const two = (number: number): string => String(number).padStart(2, '0');

const trigger = ({ hour, minute }: { hour: number; minute: number }): readonly string[] => [
  '<CalendarTrigger>',
  `  <StartBoundary>2026-01-01T${two(hour)}:${two(minute)}:00</StartBoundary>`,
  '  <Enabled>true</Enabled>',
  '  <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>',
  '</CalendarTrigger>',
];

/**
 * A task that begins at these times, and as soon as it can when one was missed. UNTESTED: nobody has run it on Windows yet.
 */
export function backupTask({ account, program, record }: ScheduleSpec): string {
  return windowsTask({
    name: 'RekindleBackup',
    file: 'rekindle-backup.xml',
    description: 'Rekindle: a backup, and its proof',
    version: record.version,
    user: account.name,
    words: [...program, ...backupWords(record)],
    triggers: startsOf(record.times).flatMap((start) => trigger(start)),
    settings: [
      '<DisallowStartIfOnBatteries>true</DisallowStartIfOnBatteries>',
      '<StartWhenAvailable>true</StartWhenAvailable>',
      '<ExecutionTimeLimit>PT12H</ExecutionTimeLimit>',
      '<Priority>9</Priority>',
    ],
  });
}
