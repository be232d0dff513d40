import { existsSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { mustSucceed, type Manager } from '../manager.ts';
import { removeUnit } from '../unit-file.ts';
import { backupServiceName, backupTimerName } from '../units/backup-units.ts';

/**
 * Stops the schedule and removes its units, additions to them and their links; a backup that is being made is ended first, and is
 * gone on with by the next. Backups and keys stay. Gives what was removed; a second time nothing. Throws ServiceFailed.
 */
export async function uninstallSchedule(manager: Manager): Promise<readonly string[]> {
  const names = [backupTimerName, backupServiceName];
  const places = [
    ...names.flatMap((name) => [join(manager.units, name), join(manager.units, `${name}.d`)]),
    join(manager.units, 'timers.target.wants', backupTimerName),
  ];
  // Also a link that leads nowhere.
  const found = places.filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
  if (found.length === 0) return [];
  for (const name of names)
    if (existsSync(join(manager.units, name))) await mustSucceed(manager, 'stop', name);
  // Fails where there is no unit any more; then its link is removed here.
  await manager.systemctl('disable', backupTimerName);
  for (const path of places) rmSync(path, { recursive: true, force: true });
  for (const name of names) removeUnit(join(manager.units, name));
  await mustSucceed(manager, 'daemon-reload');
  // Fails when there is no trace of it, which is what is wanted.
  await manager.systemctl('reset-failed', backupServiceName);
  return found;
}
