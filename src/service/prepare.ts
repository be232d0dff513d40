import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';

import { configDirectory } from '../record/paths.ts';
import { accountOf, ownAccount } from './accounts.ts';
import { requireSystemd, systemdVersion, systemManager, userManager, type Manager } from './manager.ts';
import { chosenOptions, type GivenOptions, type Origin } from './options.ts';
import { digestOf, isCheckout, ownProgram } from './program.ts';
import { ServiceRefused } from './refused.ts';
import { runProgram, type Run } from './run.ts';
import type { Account, InstallRecord, Scope, ServiceOptions, ServiceSpec } from './service-spec.ts';
import { neededTool, userTool } from './tools.ts';
import { requireTrusted, sourcesOf } from './trust.ts';
import { readRecord } from './units/install-record.ts';
import { systemdUnit, unitName } from './units/systemd-unit.ts';

/** What `rekindle service install` was asked for. */
export interface WantedService extends GivenOptions {
  readonly scope?: Scope | undefined;
  /** User that a system unit runs as. */
  readonly runAs?: string | undefined;
}

/** A service that could be installed, and what is there already. */
export interface PreparedService {
  readonly manager: Manager;
  readonly spec: ServiceSpec;
  /** File of the unit. */
  readonly file: string;
  readonly unit: string;
  /** Text of the unit that is there now. */
  readonly earlier: string | undefined;
}

/** What this process is and where it was started; a test has others. */
export interface Here {
  readonly run: Run;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly version: string;
}

/** This process. */
export function thisProcess(version: string): Here {
  return {
    run: runProgram,
    folder: process.cwd(),
    environment: process.env,
    uid: process.geteuid?.() ?? -1,
    version,
  };
}

/** Text of a unit; undefined where there is none. */
export function readUnit(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * The manager that is meant. When none is named it is the machine's for root, and else the user's own, or the one that has
 * the unit when nothing is to be changed. Only root may change the machine's. Throws ServiceRefused.
 */
export async function managerFor(
  scope: Scope | undefined,
  { run, uid, environment }: Here,
  purpose: 'read' | 'change' = 'change',
  name: string = unitName,
): Promise<Manager> {
  requireSystemd();
  if (scope === 'user' || (scope === undefined && uid !== 0)) {
    const own = userManager(await ownAccount(run), run, environment);
    if (scope === 'user' || purpose === 'change') return own;
    // Whoever asks means the one that there is.
    const system = systemManager(run);
    const isSystem = !existsSync(join(own.units, name)) && existsSync(join(system.units, name));
    return isSystem ? system : own;
  }
  if (uid === 0 || purpose === 'read') return systemManager(run);
  throw new ServiceRefused({
    what: 'A system unit needs root',
    cause: `this is user ${uid}`,
    place: '/etc/systemd/system',
    next: 'Put sudo before the command, or leave --system away for a unit of your own.',
  });
}

/** Whom the agent runs as: nobody is guessed, and root is only meant when it is named. */
export async function accountFor(
  manager: Manager,
  runAs: string | undefined,
  { run, environment }: Here,
): Promise<Account> {
  if (manager.scope === 'user') {
    if (runAs === undefined) return ownAccount(run);
    throw new ServiceRefused({
      what: 'A user unit runs as its user',
      cause: `--run-as ${runAs} was given`,
      place: '--run-as',
      next: 'Leave it away, or install a system unit, with sudo: --system --run-as USER.',
    });
  }
  if (runAs !== undefined) return accountOf(runAs, run);
  throw new ServiceRefused({
    what: 'A system unit needs a user',
    cause: '--run-as was not given',
    place: '--run-as',
    next: `Name who has the kubeconfig and may use the container engine: --run-as ${environment['SUDO_USER'] ?? 'USER'}.`,
  });
}

/** Two agents for one user would only wait for each other. */
export function requireNoOther(
  manager: Manager,
  account: Account,
  name: string = unitName,
  command = 'rekindle service uninstall',
): void {
  const other =
    manager.scope === 'user'
      ? join('/etc/systemd/system', name)
      : join(account.home, '.config', 'systemd', 'user', name);
  if (!existsSync(other)) return;
  throw new ServiceRefused({
    what: `There is another ${name}`,
    cause: `a ${manager.scope === 'user' ? 'system' : 'user'} unit is installed`,
    place: other,
    next: `Remove it first: ${manager.scope === 'user' ? `sudo ${command} --system` : `${command} --user`}.`,
  });
}

function k3dOf(account: Account, { environment }: Here): string {
  const found = userTool('k3d', environment['PATH'] ?? '', account.home);
  if (found !== undefined) return found;
  throw new ServiceRefused({
    what: 'k3d is missing',
    cause: 'no folder of PATH has it',
    place: environment['PATH'] ?? '',
    next: 'Install k3d (https://k3d.io), then install the service again.',
  });
}

/** The agent's whole environment: of the machine's tools only those that have no path of their own are found by PATH. */
export function agentEnvironment(
  { scope }: Manager,
  account: Account,
  options: ServiceOptions,
  here: Here,
): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    ...(scope === 'system' ? { HOME: account.home } : {}),
    XDG_STATE_HOME: join(account.home, '.local', 'state'),
    ...options.environment,
    REKINDLE_K3D: k3dOf(account, here),
    REKINDLE_SYSTEMD_NOTIFY: neededTool('systemd-notify'),
  };
}

/** Folders that the agent writes into: that of its state, and that of a journal which lies elsewhere. */
function writtenFolders(environment: Readonly<Record<string, string>>, journal?: string): readonly string[] {
  const state = join(environment['XDG_STATE_HOME'] ?? '/', 'rekindle');
  return journal === undefined ? [state] : [state, dirname(journal)];
}

/** Everything that the definition of the service says, from what was wanted, found and kept. Throws ServiceRefused. */
async function specOf(
  manager: Manager,
  wanted: WantedService,
  earlier: InstallRecord | undefined,
  here: Here,
): Promise<ServiceSpec> {
  const account = await accountFor(
    manager,
    wanted.runAs ?? (manager.scope === 'system' ? earlier?.account : undefined),
    here,
  );
  requireNoOther(manager, account);
  const origin: Origin = { ...here, isOwn: here.uid === account.uid };
  const options = chosenOptions(wanted, origin, earlier?.options);
  const program = ownProgram();
  const environment = agentEnvironment(manager, account, options, here);
  const writes = writtenFolders(environment, options.journal);
  const kubeconfigs = environment['KUBECONFIG']?.split(delimiter) ?? [join(account.home, '.kube', 'config')];
  const agentFile = join(configDirectory({ HOME: account.home, ...environment }), 'agent.yaml');
  const optional = [environment['REKINDLE_K3D'], options.stack, options.journal, agentFile];
  const decisive = [...program, ...kubeconfigs, ...writes, ...optional.filter((path) => path !== undefined)];
  const files = await Promise.all(program.map((path) => digestOf(path)));
  const record: InstallRecord = { version: here.version, account: account.name, files, decisive, options };
  return { scope: manager.scope, account, program, environment, writes, needs: decisive, record };
}

/**
 * Finds out what is to be installed and refuses what must not be: for the wrong user, beside another one, or when others
 * could change what it runs. Changes nothing. Throws ServiceRefused, ServiceFailed, NotWritableInUnit.
 */
export async function prepareService(wanted: WantedService, here: Here): Promise<PreparedService> {
  const manager = await managerFor(wanted.scope, here);
  const version = await systemdVersion(manager);
  const file = join(manager.units, unitName);
  const earlier = readUnit(file);
  const spec = await specOf(manager, wanted, earlier === undefined ? undefined : readRecord(earlier), here);
  const [, script] = spec.program;
  const sources =
    spec.scope === 'system' && script !== undefined && isCheckout(spec.program) ? sourcesOf(script) : [];
  await requireTrusted([...spec.record.decisive, ...sources], spec.account, here.run);
  return { manager, spec, file, unit: systemdUnit(spec, version), earlier };
}
