import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

import { chosenOptions } from './options.ts';
import type { Here, WantedService } from './prepare.ts';
import { ownProgram } from './program.ts';
import { ServiceRefused } from './refused.ts';
import type { ServiceSpec } from './service-spec.ts';
import { agentPlist } from './units/agent-launchd.ts';
import { agentTask } from './units/agent-task.ts';

/** A definition for the service manager of another platform, for a person to install. */
export interface PrintedService {
  readonly text: string;
  readonly isTested: false;
}

/** What a definition for another platform says, of this user and this program. */
export function specHere(wanted: WantedService, here: Here): ServiceSpec {
  const { username, uid, gid } = userInfo();
  const account = { name: username, uid, gid, home: homedir() };
  const options = chosenOptions(wanted, { ...here, isOwn: true }, undefined);
  const { PATH: path = '' } = here.environment;
  return {
    scope: 'user',
    account,
    program: ownProgram(),
    environment: { PATH: path, ...options.environment },
    writes: [],
    needs: [],
    record: { version: here.version, account: username, files: [], decisive: [], options },
  };
}

/** The definition for this platform; undefined on Linux, which has systemd. Throws ServiceRefused on one that is not known. */
export function definitionFor(
  platform: NodeJS.Platform,
  wanted: WantedService,
  here: Here,
): PrintedService | undefined {
  if (platform === 'linux') return undefined;
  if (platform === 'darwin') {
    const logs = join(homedir(), 'Library', 'Logs', 'rekindle.log');
    return { text: agentPlist(specHere(wanted, here), logs), isTested: false };
  }
  if (platform === 'win32') return { text: agentTask(specHere(wanted, here)), isTested: false };
  throw new ServiceRefused({
    what: 'There is no service for this platform',
    cause: platform,
    place: 'rekindle service install',
    next: 'Start `rekindle watch` by whatever starts programs here.',
  });
}

/** Throws ServiceRefused: on another platform a definition is printed and nothing is installed. */
export function refuseToInstall(platform: NodeJS.Platform): never {
  throw new ServiceRefused({
    what: 'Nothing is installed on this platform',
    cause: `the definition for ${platform} has not been tested`,
    place: 'rekindle service install',
    next: 'Print it, read it, and install it yourself: rekindle service install --print.',
  });
}
