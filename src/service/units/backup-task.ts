import { startsOf } from '../schedule/when.ts';
import { backupWords, type ScheduleSpec } from './backup-units.ts';
import { escaped, windowsWord } from './windows-task.ts';

const two = (number: number): string => String(number).padStart(2, '0');

const trigger = ({ hour, minute }: { hour: number; minute: number }): string => `    <CalendarTrigger>
      <StartBoundary>2026-01-01T${two(hour)}:${two(minute)}:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>
    </CalendarTrigger>`;

/**
 * A task that begins at these times, and as soon as it can when one was missed (learn.microsoft.com, Task Scheduler Schema). A task has
 * no environment of its own: the user's is used. UNTESTED: nobody has run it on Windows yet.
 */
export function backupTask({ account, program, record }: ScheduleSpec): string {
  const [command, ...before] = program;
  const words = [...before, ...backupWords(record)];
  return `<?xml version="1.0" encoding="UTF-16"?>
<!-- Written by rekindle ${record.version}; untested. Save it as rekindle-backup.xml, then: schtasks /Create /TN RekindleBackup /XML rekindle-backup.xml -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Rekindle: a backup, and its proof</Description>
  </RegistrationInfo>
  <Triggers>
${startsOf(record.times)
  .map((start) => trigger(start))
  .join('\n')}
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${escaped(account.name)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>true</DisallowStartIfOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT12H</ExecutionTimeLimit>
    <Priority>9</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escaped(command)}</Command>
      <Arguments>${escaped(words.map((word) => windowsWord(word)).join(' '))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}
