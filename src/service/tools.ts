import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

import { ServiceRefused } from './refused.ts';

/** Where distributions have the tools of systemd and of the C library. */
const systemFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/run/current-system/sw/bin'];

/** Absolute path of a tool of the system; PATH is not asked, because whoever sets that would choose what root runs. */
export function systemTool(name: string): string | undefined {
  return firstExecutable(name, systemFolders);
}

/** The same; throws ServiceRefused when the machine does not have it. */
export function neededTool(name: string): string {
  const found = systemTool(name);
  if (found !== undefined) return found;
  throw new ServiceRefused({
    what: `The tool ${name} is missing`,
    cause: `none of ${systemFolders.join(', ')} has it`,
    place: name,
    next: 'Install the systemd package of this distribution, or start `rekindle watch` by other means.',
  });
}

/** Absolute path of a tool of the user: by PATH, then where installers put it. A relative folder of PATH does not count. */
export function userTool(name: string, path: string, home: string): string | undefined {
  const named = path.split(delimiter).filter((folder) => isAbsolute(folder));
  return firstExecutable(name, [...named, '/usr/local/bin', join(home, '.local/bin'), join(home, 'bin')]);
}

function firstExecutable(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find((file) => isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not to be run by us: the next folder is asked.
    return false;
  }
}
