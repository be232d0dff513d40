import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { BackupSchedule, BackupState } from '../../domain/backup-state.ts';
import { couldNotLook, saw, type Looked } from '../../domain/looked.ts';
import { readBackupState } from '../../record/backup-state-file.ts';
import { causeText } from '../../record/explained-error.ts';
import { accountOf } from '../accounts.ts';
import type { Manager } from '../manager.ts';
import { readUnit } from '../prepare.ts';
import type { Run } from '../run.ts';
import { objectionsNow } from '../status.ts';
import { backupServiceName, backupTimerName } from '../units/backup-units.ts';
import { readScheduleRecord, type ScheduleRecord } from './schedule-record.ts';

/** The two units as their manager sees them now. */
export interface ScheduleUnits {
  readonly isEnabled: boolean;
  /** Whether the timer waits for its next time. */
  readonly isActive: boolean;
  /** ms since the epoch; undefined: there is no next or last time. */
  readonly nextAt: number | undefined;
  readonly lastAt: number | undefined;
  readonly isRunning: boolean;
  /** `success`, or how the last run failed. */
  readonly result: string;
  readonly exitStatus: number;
}

/** What there is to say about installed backups. */
export interface ScheduleStatus {
  readonly scope: Manager['scope'];
  readonly file: string;
  /** Undefined for units that `rekindle backup schedule install` did not write. */
  readonly record: ScheduleRecord | undefined;
  readonly schedule: BackupSchedule | undefined;
  readonly units: Looked<ScheduleUnits>;
  readonly objections: Looked<readonly string[]>;
  /** What the last attempt at each stack that it may be of has left; another user's state cannot be read. */
  readonly states: Looked<readonly BackupState[]>;
}

/** A time as `systemctl show --timestamp=utc` prints it, `Fri 2026-11-27 03:00:00 UTC`. Pure. */
export function shownTime(text: string): number | undefined {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC$/.exec(text) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}

const timerProperties = ['UnitFileState', 'ActiveState', 'NextElapseUSecRealtime', 'LastTriggerUSec'];
const serviceProperties = ['ActiveState', 'Result', 'ExecMainStatus'];

async function shown(
  { systemctl }: Manager,
  unit: string,
  properties: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  // Times in this machine's zone have a name that nobody else can read back; utc is known since systemd 247.
  const asked = await systemctl('show', unit, '--timestamp=utc', `--property=${properties.join(',')}`);
  if (asked.code !== 0) throw new Error(asked.said || `systemctl show ended with ${asked.code}`);
  const lines = asked.stdout.split('\n').filter((line) => line.includes('='));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

async function unitsOf(manager: Manager): Promise<ScheduleUnits> {
  const timer = await shown(manager, backupTimerName, timerProperties);
  const service = await shown(manager, backupServiceName, serviceProperties);
  return {
    isEnabled: timer.get('UnitFileState') === 'enabled',
    isActive: timer.get('ActiveState') === 'active',
    nextAt: shownTime(timer.get('NextElapseUSecRealtime') ?? ''),
    lastAt: shownTime(timer.get('LastTriggerUSec') ?? ''),
    isRunning: service.get('ActiveState') === 'activating',
    result: service.get('Result') ?? '',
    exitStatus: Number(service.get('ExecMainStatus') ?? 0),
  };
}

async function looked<T>(from: string, look: () => T | Promise<T>): Promise<Looked<T>> {
  try {
    return saw(await look(), from, Date.now());
  } catch (error) {
    return couldNotLook(causeText(error), from, Date.now());
  }
}

/** The service of this manager, or undefined when none is installed. */
export function installedSchedule({ units }: Manager): string | undefined {
  const file = join(units, backupServiceName);
  return existsSync(file) ? file : undefined;
}

/** Looks at the schedule of this manager; nothing of it throws. `statesIn`: the states of a folder of state. */
export async function scheduleStatus(
  manager: Manager,
  file: string,
  {
    run,
    statesIn,
  }: { readonly run: Run; readonly statesIn: (environment: Environment) => readonly BackupState[] },
): Promise<ScheduleStatus> {
  const record = readScheduleRecord(readUnit(file) ?? '');
  const [units, objections, states] = await Promise.all([
    looked('systemctl show', () => unitsOf(manager)),
    looked('the files of the schedule', () => objectionsNow(record, run, 'rekindle backup schedule install')),
    looked('the state folder', async () => {
      if (record === undefined) throw new Error('the unit does not say whose backups they are');
      const account = await accountOf(record.account, run);
      const all = statesIn({ HOME: account.home, ...record.options.environment });
      return all.filter((state) => isOfSchedule(state, record));
    }),
  ]);
  const schedule = record === undefined ? undefined : scheduleOf(record, file);
  return { scope: manager.scope, file, record, schedule, units, objections, states };
}

/** Whether a state may be of what is scheduled: backups of other stacks are made by hand. */
function isOfSchedule({ context, stack }: BackupState, { options }: ScheduleRecord): boolean {
  if ((options.context ?? context) !== context) return false;
  // Without a stack file a stack is called as its namespace; a file may give it any name. A stack that was not found is the context.
  const isNamed = options.namespace !== undefined && options.stack === undefined;
  return !isNamed || stack === options.namespace || stack === context;
}

function scheduleOf({ times }: ScheduleRecord, file: string): BackupSchedule {
  return { everySeconds: times.everySeconds, since: statSync(file).mtimeMs };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the units of the two managers lie, for whoever wants to know of a schedule without asking a manager. */
function unitFiles(environment: Environment): readonly string[] {
  const configured = environment['XDG_CONFIG_HOME'] || join(environment['HOME'] ?? '/', '.config');
  return [
    join(configured, 'systemd', 'user', backupServiceName),
    join('/etc/systemd/system', backupServiceName),
  ];
}

/** The stack of which something is to be known. */
interface BackedUpStack {
  readonly context: string;
  readonly stack: string;
  readonly namespace: string;
}

/** The schedule of this user's backups of a stack, by the unit alone; undefined: there is none. */
export function knownSchedule(
  { context, namespace }: Omit<BackedUpStack, 'stack'>,
  user: string,
  environment: Environment = process.env,
): BackupSchedule | undefined {
  for (const file of unitFiles(environment)) {
    const text = readUnit(file);
    const record = text === undefined ? undefined : readScheduleRecord(text);
    if (record?.account !== user) continue;
    const { options } = record;
    if ((options.context ?? context) !== context || (options.namespace ?? namespace) !== namespace) continue;
    return scheduleOf(record, file);
  }
  return undefined;
}

/** What is known here of the backups of a stack. Throws when the state cannot be read. */
export function knownBackups(
  of: BackedUpStack,
  user: string,
): { readonly state: BackupState | undefined; readonly schedule: BackupSchedule | undefined } {
  return { state: readBackupState(of), schedule: knownSchedule(of, user) };
}
