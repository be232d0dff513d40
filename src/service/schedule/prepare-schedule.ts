import { delimiter, dirname, isAbsolute, join } from 'node:path';

import { configDirectory, dataDirectory } from '../../record/paths.ts';
import { systemdVersion, type Manager } from '../manager.ts';
import { chosenOptions } from '../options.ts';
import {
  accountFor,
  agentEnvironment,
  managerFor,
  readUnit,
  requireNoOther,
  type Here,
  type WantedService,
} from '../prepare.ts';
import { digestOf, isCheckout, ownProgram } from '../program.ts';
import type { Account, ServiceOptions } from '../service-spec.ts';
import { requireTrusted, sourcesOf } from '../trust.ts';
import {
  backupService,
  backupServiceName,
  backupTimer,
  backupTimerName,
  type ScheduleSpec,
} from '../units/backup-units.ts';
import { awsEnvironment, chosenSchedule, diskOf, isS3, keyFiles, requirePlace } from './schedule-choice.ts';
import { readScheduleRecord, type ScheduleOptions, type ScheduleRecord } from './schedule-record.ts';
import { usualTimes, type Times } from './when.ts';

type Environment = Readonly<Record<string, string>>;

/** What `rekindle backup schedule install` was asked for; paths as they were typed. */
export interface WantedSchedule extends WantedService {
  readonly times?: Times | undefined;
  readonly options: ScheduleOptions;
}

/** One of the two units, and what is there already. */
export interface PreparedUnit {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly earlier: string | undefined;
}

/** A schedule that could be installed. */
export interface PreparedSchedule {
  readonly manager: Manager;
  readonly spec: ScheduleSpec;
  readonly units: readonly PreparedUnit[];
}

/** What the program writes into; a folder that a person named is theirs, and there. */
function writtenFolders(
  { at }: ScheduleOptions,
  state: string,
  journal: string | undefined,
  variables: Environment,
): readonly string[] {
  const place = isS3(at) ? [] : [at ?? join(dataDirectory(variables), 'backups')];
  return [state, ...place, ...(journal === undefined ? [] : [dirname(journal)])];
}

/** Files and folders that decide what is done and whom it is readable for. Not the place of the backups: they are encrypted and signed. */
function decisivePaths(
  program: readonly string[],
  { stack, journal }: ServiceOptions,
  state: string,
  variables: Environment,
): readonly string[] {
  const home = variables['HOME'] ?? '/';
  const kubeconfigs = variables['KUBECONFIG']?.split(delimiter) ?? [join(home, '.kube', 'config')];
  const agentFile = join(configDirectory(variables), 'agent.yaml');
  const others = [variables['REKINDLE_K3D'], stack, agentFile, journal];
  return [...program, ...kubeconfigs, state, ...others.filter((path) => path !== undefined)];
}

/** Where the user's data lies, as `rekindle backup create` finds it; under sudo the variable is another user's. */
function dataHome({ uid, home }: Account, here: Here): string {
  const own = here.uid === uid ? (here.environment['XDG_DATA_HOME'] ?? '') : '';
  return isAbsolute(own) ? own : join(home, '.local', 'share');
}

async function accountOfSchedule(
  manager: Manager,
  { runAs }: WantedSchedule,
  earlier: ScheduleRecord | undefined,
  here: Here,
): Promise<Account> {
  const known = manager.scope === 'system' ? earlier?.account : undefined;
  const account = await accountFor(manager, runAs ?? known, here);
  requireNoOther(manager, account, backupServiceName, 'rekindle backup schedule uninstall');
  return account;
}

/** Everything that the definition says. Throws ServiceRefused. */
async function specOf(
  manager: Manager,
  wanted: WantedSchedule,
  earlier: ScheduleRecord | undefined,
  here: Here,
): Promise<ScheduleSpec> {
  const account = await accountOfSchedule(manager, wanted, earlier, here);
  const options = chosenOptions(wanted, { ...here, isOwn: here.uid === account.uid }, earlier?.options);
  const { disk: _disk, ...chosen } = chosenSchedule(wanted.options, earlier?.schedule, here.folder);
  requirePlace(chosen.at, account.home, here.environment);
  const disk = diskOf(chosen, earlier?.schedule, account.home);
  const schedule = { ...chosen, ...(disk !== undefined && { disk }) };
  const program = ownProgram();
  const environment: Environment = {
    ...agentEnvironment(manager, account, options, here),
    XDG_DATA_HOME: dataHome(account, here),
    ...(isS3(schedule.at) ? awsEnvironment(here.environment) : {}),
  };
  const variables = { HOME: account.home, ...environment };
  const state = join(environment['XDG_STATE_HOME'] ?? '/', 'rekindle');
  const keys = keyFiles(schedule.key, configDirectory(variables));
  const decisive = [...decisivePaths(program, options, state, variables), ...keys];
  const record: ScheduleRecord = {
    version: here.version,
    account: account.name,
    files: await Promise.all(program.map((path) => digestOf(path))),
    decisive,
    options,
    times: wanted.times ?? earlier?.times ?? usualTimes,
    schedule,
  };
  const writes = writtenFolders(schedule, state, options.journal, variables);
  return { scope: manager.scope, account, program, environment, writes, needs: decisive, record };
}

/**
 * Finds out what is to be installed and refuses what must not be, by the rules of the agent's service. Changes nothing. Throws
 * ServiceRefused, ServiceFailed, NotWritableInUnit.
 */
export async function prepareSchedule(wanted: WantedSchedule, here: Here): Promise<PreparedSchedule> {
  const manager = await managerFor(wanted.scope, here);
  await systemdVersion(manager);
  const at = (name: string): string => join(manager.units, name);
  const earlier = readUnit(at(backupServiceName));
  const known = earlier === undefined ? undefined : readScheduleRecord(earlier);
  const spec = await specOf(manager, wanted, known, here);
  const [, script] = spec.program;
  const sources =
    spec.scope === 'system' && script !== undefined && isCheckout(spec.program) ? sourcesOf(script) : [];
  await requireTrusted([...spec.record.decisive, ...sources], spec.account, here.run);
  const texts = { [backupServiceName]: backupService(spec), [backupTimerName]: backupTimer(spec) };
  const units = Object.entries(texts).map(([name, text]) => ({
    name,
    text,
    file: at(name),
    earlier: readUnit(at(name)),
  }));
  return { manager, spec, units };
}
