import { homedir } from 'node:os';
import { join } from 'node:path';

import { specHere } from '../other-platforms.ts';
import type { Here } from '../prepare.ts';
import { ServiceRefused } from '../refused.ts';
import { backupPlist } from '../units/backup-launchd.ts';
import type { ScheduleSpec } from '../units/backup-units.ts';
import { backupTask } from '../units/backup-task.ts';
import type { WantedSchedule } from './prepare-schedule.ts';
import { usualTimes } from './when.ts';

/**
 * The definition for the service manager of another platform, for a person to install; undefined on Linux, which has systemd. Throws
 * ServiceRefused on one that is not known.
 */
export function scheduleFor(
  platform: NodeJS.Platform,
  wanted: WantedSchedule,
  here: Here,
): string | undefined {
  if (platform === 'linux') return undefined;
  const base = specHere(wanted, here);
  const record = { ...base.record, times: wanted.times ?? usualTimes, schedule: wanted.options };
  const spec: ScheduleSpec = { ...base, record };
  if (platform === 'darwin')
    return backupPlist(spec, join(homedir(), 'Library', 'Logs', 'rekindle-backup.log'));
  if (platform === 'win32') return backupTask(spec);
  throw new ServiceRefused({
    what: 'There is no schedule for this platform',
    cause: platform,
    place: 'rekindle backup schedule install',
    next: 'Let whatever starts programs here run `rekindle backup schedule run` once a day.',
  });
}
