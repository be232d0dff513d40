import { type ServiceSpec, targetArguments } from '../service-spec.ts';

/** Name of the agent for launchd. */
export const launchdLabel = 'dev.rekindle.agent';

/** A text as XML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A value of a property list. */
export const text = (value: string) => `<string>${escaped(value)}</string>`;

/** Lines as the contents of an array or a dictionary. */
export function indented(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join('\n');
}

/**
 * A launch agent of a user (launchd.plist(5)): started at login, started again whenever it ends, at most every 10 s. There
 * is no watchdog. UNTESTED: nobody has run it on macOS yet.
 */
export function launchdPlist({ program, environment, record }: ServiceSpec, logs: string): string {
  const words = [...program, 'watch', ...targetArguments(record.options)];
  const variables = Object.entries(environment).flatMap(([name, value]) => [
    `<key>${escaped(name)}</key>`,
    text(value),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by rekindle ${record.version}; untested. Save it as ~/Library/LaunchAgents/${launchdLabel}.plist. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(launchdLabel)}
  <key>ProgramArguments</key>
  <array>
${indented(words.map((word) => text(word)))}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${indented(variables)}
  </dict>
  <key>WorkingDirectory</key>
  <string>/</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>10</integer>
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
