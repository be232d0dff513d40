import { type ServiceSpec, targetArguments } from '../service-spec.ts';
import { escaped, windowsTask } from './windows-task.ts';

/**
 * The agent as a task that starts at the user's login and is started again a minute after it failed. UNTESTED: nobody has run
 * it on Windows yet.
 */
export function agentTask({ account, program, record }: ServiceSpec): string {
  return windowsTask({
    name: 'Rekindle',
    file: 'rekindle.xml',
    description: 'Rekindle: brings the local cluster back and keeps it up',
    version: record.version,
    user: account.name,
    words: [...program, 'watch', ...targetArguments(record.options)],
    triggers: [
      '<LogonTrigger>',
      '  <Enabled>true</Enabled>',
      `  <UserId>${escaped(account.name)}</UserId>`,
      '</LogonTrigger>',
    ],
    settings: [
      '<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
      '<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
      '<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
      '<RestartOnFailure>',
      '  <Interval>PT1M</Interval>',
      '  <Count>999</Count>',
      '</RestartOnFailure>',
    ],
  });
}
