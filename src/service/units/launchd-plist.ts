/** A job of a user for launchd. */
export interface LaunchdJob {
  readonly label: string;
  /** Of the program that writes it. */
  readonly version: string;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** When it runs and how it is treated: keys and values of launchd.plist(5), as lines of XML. */
  readonly conduct: readonly string[];
  /** File for both of its outputs. */
  readonly logs: string;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const text = (value: string) => `<string>${escaped(value)}</string>`;

/** Lines as the contents of an array or a dictionary. */
export function indented(lines: readonly string[], by = 4): string {
  return lines.map((line) => `${' '.repeat(by)}${line}`).join('\n');
}

/** The job as a property list (launchd.plist(5)). UNTESTED: nobody has run one on macOS yet. */
export function launchdPlist({ label, version, words, environment, conduct, logs }: LaunchdJob): string {
  const variables = Object.entries(environment).flatMap(([name, value]) => [
    `<key>${escaped(name)}</key>`,
    text(value),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by rekindle ${version}; untested. Save it as ~/Library/LaunchAgents/${label}.plist. -->
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
${indented(conduct, 2)}
  <key>StandardOutPath</key>
  ${text(logs)}
  <key>StandardErrorPath</key>
  ${text(logs)}
</dict>
</plist>
`;
}
