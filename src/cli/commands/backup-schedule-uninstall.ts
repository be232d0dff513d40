import { managerFor, thisProcess } from '../../service/prepare.ts';
import { uninstallSchedule } from '../../service/schedule/uninstall-schedule.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import type { ScopeOptions } from './service-options.ts';
import { scopeOf } from './service-scope.ts';

/** `rekindle backup schedule uninstall`: the backups stay; a second time there is nothing to remove, which is no error. */
export async function backupScheduleUninstall(options: CommonOptions & ScopeOptions): Promise<number> {
  const manager = await managerFor(scopeOf(options), thisProcess(version()));
  const removed = await uninstallSchedule(manager);
  const text =
    removed.length === 0
      ? `There is no schedule in ${manager.units}.`
      : ['Stopped, disabled and removed:', ...removed.map((path) => `  ${path}`), 'The backups stay.'].join(
          '\n',
        );
  answer(options, 'backup schedule uninstall', { text, json: { removed } });
  return exitCodes.healthy;
}
