import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
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
const ownState = /^(journal\.db(-wal|-shm)?|lock-.*\.db(\.holder\.json(\.\d+)?)?|kubeconfig-.*)$/;

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

/** Stops and disables the unit, whether it is one that can still be read or only its links. */
async function stop(manager: Manager, isThere: boolean): Promise<void> {
  if (isThere) await mustSucceed(manager, 'stop', unitName);
  // Fails where there is no unit; its links, if any, are then removed by hand below.
  await manager.systemctl('disable', unitName);
}

/**
 * Removes the agent's unit, additions to it and its links; a second time there is nothing to remove. The journal is kept
 * unless `purge`, which removes the files of the state folder that are Rekindle's. Throws ServiceFailed.
 */
export async function uninstallService(
  manager: Manager,
  own: Account,
  purge: boolean,
  run: Run,
): Promise<Uninstalled> {
  const file = join(manager.units, unitName);
  const isThere = existsSync(file);
  const record = isThere ? readRecord(readFileSync(file, 'utf8')) : undefined;
  await stop(manager, isThere);
  const target = manager.scope === 'system' ? 'multi-user.target.wants' : 'default.target.wants';
  const places = [file, join(manager.units, dropIns), join(manager.units, target, unitName)];
  const removed = places.filter((path) => existsSync(path));
  // Links that `disable` could not know of, for want of a unit, as well.
  for (const path of places) rmSync(path, { recursive: true, force: true });
  if (isThere) removeUnit(file);
  tidyUp(manager);
  await mustSucceed(manager, 'daemon-reload');
  // Fails when there is no trace of it, which is what is wanted.
  await manager.systemctl('reset-failed', unitName);
  const account = record === undefined ? own : await accountOf(record.account, run);
  const state = stateFolder(account, record);
  if (!existsSync(state)) return { removed, kept: undefined };
  if (!purge) return { removed, kept: state };
  return { removed: [...removed, ...(await removeState(state, account, run))], kept: undefined };
}
