import { readBackupStates } from '../../record/backup-state-file.ts';
import { stateDirectory } from '../../record/paths.ts';
import { managerFor, thisProcess } from '../../service/prepare.ts';
import { installedSchedule, scheduleStatus } from '../../service/schedule/schedule-status.ts';
import { scheduleGrade, scheduleText } from '../../service/schedule/schedule-text.ts';
import { backupServiceName } from '../../service/units/backup-units.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import type { ScopeOptions } from './service-options.ts';
import { codes, scopeOf } from './service-scope.ts';

const statesIn = (environment: Readonly<Record<string, string | undefined>>) =>
  readBackupStates(stateDirectory(environment));

/** `rekindle backup schedule status`: one screen; 0 all is well, 1 something is not, 2 could not look. */
export async function backupScheduleStatus(options: CommonOptions & ScopeOptions): Promise<number> {
  const now = thisProcess(version());
  const manager = await managerFor(scopeOf(options), now, 'read', backupServiceName);
  const file = installedSchedule(manager);
  if (file === undefined) {
    const text = 'No backup is made by itself. Have them made every night: rekindle backup schedule install';
    answer(options, 'backup schedule status', { text, json: { installed: false } });
    return exitCodes.broken;
  }
  const status = await scheduleStatus(manager, file, { run: now.run, statesIn });
  const grade = scheduleGrade(status, Date.now());
  answer(options, 'backup schedule status', {
    text: scheduleText(status, Date.now()),
    json: { installed: true, grade, ...status },
  });
  return codes[grade];
}
