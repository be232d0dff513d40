import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { stateDirectory } from '../record/paths.ts';
import { accountOf } from './accounts.ts';
import type { Manager } from './manager.ts';
import { mustSucceed } from './manager.ts';
import { ServiceFailed } from './refused.ts';
import type { Run } from './run.ts';
import type { Account, InstallRecord } from './service-spec.ts';
import { neededTool } from './tools.ts';
import { removeUnit } from './unit-file.ts';
import { readRecord } from './units/install-record.ts';
import { unitName } from './units/systemd-unit.ts';

/** What an uninstallation removed, and what it left. */
export interface Uninstalled {
  readonly removed: readonly string[];
  /** Where the journal lies when it was kept; undefined when there is none, or when it is not known where. */
  readonly kept: string | undefined;
}

/** Files of the state folder that are Rekindle's; a folder may hold others. */
const ownState =
  /^(journal\.db(-wal|-shm)?|lock-.*\.db(\.holder\.json(\.\d+)?)?|(agent|backup)-.*\.json(\.\d+)?|kubeconfig-.*)$/;

/** Folder of additions to the unit, by `systemctl edit`. */
const dropIns = `${unitName}.d`;

/** The state folder of the agent: by its record, where there is one. */
function stateFolder({ home }: Account, record: InstallRecord | undefined): string {
  return stateDirectory({ HOME: home, ...record?.options.environment });
}

/** Removes files, and their folder when nothing else is in it, as their owner: root would follow whatever links lie there. */
async function removeState(folder: string, account: Account, run: Run): Promise<readonly string[]> {
  const files = readdirSync(folder)
    .filter((name) => ownState.test(name))
    .map((name) => join(folder, name));
  const isOwn = process.geteuid?.() === account.uid;
  const as = isOwn ? [] : [neededTool('runuser'), '-u', account.name, '--'];
  const removal = await run([...as, neededTool('rm'), '-f', '--', ...files]);
  await run([...as, neededTool('rmdir'), '--ignore-fail-on-non-empty', '--', folder]);
  if (removal.code === 0) return files;
  throw new ServiceFailed({
    what: 'The journal could not be removed',
    cause: removal.said,
    place: folder,
    next: `The service itself is gone. Remove it as user ${account.name}.`,
  });
}

/** Folders of a user's units that are empty now may have been made by the installation. */
function tidyUp({ scope, units }: Manager): void {
  if (scope === 'system') return;
  for (const folder of [join(units, 'default.target.wants'), units, dirname(units)]) {
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}

/** Whether there is an entry of this name, also a link that leads nowhere. */
function isEntry(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Stops the agent and takes every trace of its unit away; what it removed. */
async function removeUnits(manager: Manager, file: string): Promise<readonly string[]> {
  const wants = manager.scope === 'system' ? 'multi-user.target.wants' : 'default.target.wants';
  const places = [file, join(manager.units, dropIns), join(manager.units, wants, unitName)];
  const found = places.filter((path) => isEntry(path));
  if (found.length === 0) return [];
  if (existsSync(file)) await mustSucceed(manager, 'stop', unitName);
  // Fails where there is no unit any more; then its links are removed here.
  await manager.systemctl('disable', unitName);
  for (const path of places) rmSync(path, { recursive: true, force: true });
  removeUnit(file);
  tidyUp(manager);
  await mustSucceed(manager, 'daemon-reload');
  // Fails when there is no trace of it, which is what is wanted.
  await manager.systemctl('reset-failed', unitName);
  return found;
}

/**
 * Removes the agent's unit, additions to it and its links; a second time there is nothing to remove. The journal is kept
 * unless `purge`, which removes the files of the state folder that are Rekindle's: of the user whom the unit names, and
 * without a unit only the user's own. Throws ServiceFailed.
 */
export async function uninstallService(
  manager: Manager,
  own: Account,
  purge: boolean,
  run: Run,
): Promise<Uninstalled> {
  const file = join(manager.units, unitName);
  const record = existsSync(file) ? readRecord(readFileSync(file, 'utf8')) : undefined;
  const removed = await removeUnits(manager, file);
  if (record === undefined && manager.scope === 'system') return { removed, kept: undefined };
  const account = record === undefined ? own : await accountOf(record.account, run);
  const state = stateFolder(account, record);
  if (!existsSync(state)) return { removed, kept: undefined };
  if (!purge) return { removed, kept: state };
  return { removed: [...removed, ...(await removeState(state, account, run))], kept: undefined };
}
