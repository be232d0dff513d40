import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import { ServiceFailed, ServiceRefused } from './refused.ts';
import type { Ran, Run } from './run.ts';
import type { Account, Scope } from './service-spec.ts';
import { neededTool } from './tools.ts';
import { oldestSystemd } from './units/systemd-unit.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** One service manager, and where its units lie. */
export interface Manager {
  readonly scope: Scope;
  /** Folder of units that a person installed. */
  readonly units: string;
  /** Folder of units that are gone after a reboot. */
  readonly transientUnits: string;
  /** Folder for files of this boot that only this manager's user can write. */
  readonly runtime: string;
  /** Runs `systemctl` on this manager. */
  readonly systemctl: (...args: readonly string[]) => Promise<Ran>;
  /** What has to be in the environment of a program that asks this manager. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Where systemd says that it runs this machine (sd_booted(3)). */
const bootedFolder = '/run/systemd/system';

/** Throws ServiceRefused where systemd does not run this machine. */
export function requireSystemd(folder = bootedFolder): void {
  if (existsSync(folder)) return;
  throw new ServiceRefused({
    what: 'There is no service here',
    cause: 'this machine is not run by systemd',
    place: folder,
    next: 'Start `rekindle watch` by whatever starts programs here; on macOS and Windows see `rekindle service install --print`.',
  });
}

/** The runtime folder of a user, which a shell of `su` does not know (pam_systemd(8)). */
function runtimeFolder({ uid }: Account, environment: Environment): string {
  return environment['XDG_RUNTIME_DIR'] || `/run/user/${uid}`;
}

/** The machine's own manager. */
export function systemManager(run: Run): Manager {
  const systemctl = neededTool('systemctl');
  return {
    scope: 'system',
    units: '/etc/systemd/system',
    transientUnits: '/run/systemd/system',
    runtime: '/run',
    environment: {},
    systemctl: (...args) => run([systemctl, '--system', '--no-ask-password', ...args]),
  };
}

/** The manager of this process's user. */
export function userManager(account: Account, run: Run, environment: Environment = process.env): Manager {
  const systemctl = neededTool('systemctl');
  const runtime = runtimeFolder(account, environment);
  const configured = environment['XDG_CONFIG_HOME'];
  const config =
    configured !== undefined && isAbsolute(configured) ? configured : join(account.home, '.config');
  const own = { HOME: account.home, XDG_RUNTIME_DIR: runtime };
  return {
    scope: 'user',
    units: join(config, 'systemd', 'user'),
    transientUnits: join(runtime, 'systemd', 'user'),
    runtime,
    environment: own,
    systemctl: (...args) => run([systemctl, '--user', ...args], own),
  };
}

/** The running systemd's version. Throws ServiceRefused when the manager does not answer or is too old. */
export async function systemdVersion(manager: Manager): Promise<number> {
  const { code, stdout, said } = await manager.systemctl('show', '--property=Version', '--value');
  const version = Number(/^\d+/.exec(stdout)?.[0]);
  if (code !== 0 || Number.isNaN(version)) throw noManager(manager, said);
  if (version >= oldestSystemd) return version;
  throw new ServiceRefused({
    what: 'The service cannot be installed',
    cause: `this systemd is version ${version}`,
    place: 'systemctl --version',
    next: `It needs version ${oldestSystemd}; start \`rekindle watch\` by other means.`,
  });
}

function noManager({ scope, runtime }: Manager, said: string): ServiceRefused {
  const own =
    'Log in as this user, or let its manager run without a login: sudo loginctl enable-linger USER.';
  return new ServiceRefused({
    what: scope === 'user' ? 'The service manager of this user does not answer' : 'systemd does not answer',
    cause: said || 'without a word',
    place: runtime,
    next: scope === 'user' ? own : 'Look at its state: systemctl status.',
  });
}

/** Runs `systemctl` and wants success. Throws ServiceFailed with what it said. */
export async function mustSucceed(manager: Manager, ...args: readonly string[]): Promise<string> {
  const { code, stdout, said } = await manager.systemctl(...args);
  if (code === 0) return stdout;
  const shown = ['systemctl', ...(manager.scope === 'user' ? ['--user'] : []), ...args].join(' ');
  throw new ServiceFailed({
    what: 'The service manager failed',
    cause: said || `exit code ${code}`,
    place: shown,
    next: 'See what it says of the unit: rekindle service logs.',
  });
}
