import { type ServiceSpec, targetArguments } from '../service-spec.ts';
import { launchdPlist } from './launchd-plist.ts';

/**
 * The agent as a launch agent of a user: started at login, started again whenever it ends, at most every 10 s. There is no
 * watchdog. UNTESTED: nobody has run it on macOS yet.
 */
export function agentPlist({ program, environment, record }: ServiceSpec, logs: string): string {
  return launchdPlist({
    label: 'dev.rekindle.agent',
    version: record.version,
    words: [...program, 'watch', ...targetArguments(record.options)],
    environment,
    conduct: [
      '<key>WorkingDirectory</key>',
      '<string>/</string>',
      '<key>RunAtLoad</key>',
      '<true/>',
      '<key>KeepAlive</key>',
      '<true/>',
      '<key>ThrottleInterval</key>',
      '<integer>10</integer>',
      '<key>ProcessType</key>',
      '<string>Background</string>',
    ],
    logs,
  });
}
