/** A task of a user for the Task Scheduler of Windows. */
export interface WindowsTask {
  /** Name under which it is to be registered, and of the file. */
  readonly name: string;
  readonly file: string;
  readonly description: string;
  /** Of the program that writes it. */
  readonly version: string;
  readonly user: string;
  readonly words: readonly [command: string, ...words: string[]];
  /** Children of `Triggers` and of `Settings`, as lines of XML. */
  readonly triggers: readonly string[];
  readonly settings: readonly string[];
}

/** A text as XML, also in an attribute. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * A word as CommandLineToArgvW reads it back: backslashes double only before a quote, and the closing one counts
 * (learn.microsoft.com, "Parsing C++ command-line arguments").
 */
export function windowsWord(word: string): string {
  if (/^[\w.:\\/=-]+$/.test(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, '$1$1')}"`;
}

const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}`).join('\n');

/**
 * The task as a definition (learn.microsoft.com, Task Scheduler Schema). A task has no environment of its own: the user's is
 * used. UNTESTED: nobody has run one on Windows yet.
 */
export function windowsTask(task: WindowsTask): string {
  const { name, file, description, version, user, triggers, settings } = task;
  const [command, ...words] = task.words;
  return `<?xml version="1.0" encoding="UTF-16"?>
<!-- Written by rekindle ${version}; untested. Save it as ${file}, then: schtasks /Create /TN ${name} /XML ${file} -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${escaped(description)}</Description>
  </RegistrationInfo>
  <Triggers>
${indented(triggers)}
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${escaped(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
${indented(settings)}
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
