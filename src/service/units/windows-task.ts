import { type ServiceSpec, targetArguments } from '../service-spec.ts';

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

/**
 * A task that starts at the user's login and is started again a minute after it failed (learn.microsoft.com, Task Scheduler
 * Schema). A task has no environment of its own: the user's is used. UNTESTED: nobody has run it on Windows yet.
 */
export function windowsTask({ account, program, record }: ServiceSpec): string {
  const [command, ...before] = program;
  const words = [...before, 'watch', ...targetArguments(record.options)];
  return `<?xml version="1.0" encoding="UTF-16"?>
<!-- Written by rekindle ${record.version}; untested. Save it as rekindle.xml, then: schtasks /Create /TN Rekindle /XML rekindle.xml -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Rekindle: brings the local cluster back and keeps it up</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>${escaped(account.name)}</UserId>
    </LogonTrigger>
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
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>999</Count>
    </RestartOnFailure>
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
