import { startsOf } from '../schedule/when.ts';
import { backupWords, type ScheduleSpec } from './backup-units.ts';
import { escaped, indented, text } from './launchd-plist.ts';

const label = 'dev.rekindle.backup';

const entry = ({ hour, minute }: { hour: number; minute: number }): string =>
  `<dict><key>Hour</key><integer>${hour}</integer><key>Minute</key><integer>${minute}</integer></dict>`;

/**
 * A job of a user (launchd.plist(5)) that begins at these times; one that was missed while the machine slept comes at its wake, one
 * that was missed while it was off does not. UNTESTED: nobody has run it on macOS yet.
 */
export function backupPlist({ program, environment, record }: ScheduleSpec, logs: string): string {
  const words = [...program, ...backupWords(record)];
  const variables = Object.entries(environment).flatMap(([name, value]) => [
    `<key>${escaped(name)}</key>`,
    text(value),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by rekindle ${record.version}; untested. Save it as ~/Library/LaunchAgents/${label}.plist. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(label)}
  <key>ProgramArguments</key>
  <array>
${indented(words.map((word) => text(word)))}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${indented(variables)}
  </dict>
  <key>StartCalendarInterval</key>
  <array>
${indented(startsOf(record.times).map((start) => entry(start)))}
  </array>
  <key>Nice</key>
  <integer>19</integer>
  <key>LowPriorityIO</key>
  <true/>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardOutPath</key>
  ${text(logs)}
  <key>StandardErrorPath</key>
  ${text(logs)}
</dict>
</plist>
`;
}
