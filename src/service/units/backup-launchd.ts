import { startsOf } from '../schedule/when.ts';
import { backupWords, type ScheduleSpec } from './backup-units.ts';
import { indented, launchdPlist } from './launchd-plist.ts';

const entry = ({ hour, minute }: { hour: number; minute: number }): string =>
  `<dict><key>Hour</key><integer>${hour}</integer><key>Minute</key><integer>${minute}</integer></dict>`;

/**
 * A job of a user that begins at these times; one that was missed while the machine slept comes at its wake, one that was
 * missed while it was off does not (launchd.plist(5)). UNTESTED: nobody has run it on macOS yet.
 */
export function backupPlist({ program, environment, record }: ScheduleSpec, logs: string): string {
  return launchdPlist({
    label: 'dev.rekindle.backup',
    version: record.version,
    words: [...program, ...backupWords(record)],
    environment,
    conduct: [
      '<key>StartCalendarInterval</key>',
      '<array>',
      indented(
        startsOf(record.times).map((start) => entry(start)),
        2,
      ),
      '</array>',
      '<key>Nice</key>',
      '<integer>19</integer>',
      '<key>LowPriorityIO</key>',
      '<true/>',
      '<key>ProcessType</key>',
      '<string>Background</string>',
    ],
    logs,
  });
}
