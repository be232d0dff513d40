import process from 'node:process';

import { thisProcess } from '../../service/prepare.ts';
import { ServiceRefused } from '../../service/refused.ts';
import { installSchedule, type InstalledSchedule } from '../../service/schedule/install-schedule.ts';
import { scheduleFor } from '../../service/schedule/other-schedules.ts';
import {
  prepareSchedule,
  type PreparedSchedule,
  type WantedSchedule,
} from '../../service/schedule/prepare-schedule.ts';
import { daily, hourly, hoursApart, type Times } from '../../service/schedule/when.ts';
import { selfTestText } from '../../service/self-test.ts';
import { backupTimerName } from '../../service/units/backup-units.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import type { ScheduleInstallOptions } from './backup-schedule-options.ts';
import { scopeOf } from './service-scope.ts';

type Options = CommonOptions & ScheduleInstallOptions;

function wrong(what: string, cause: string, next: string): UsageError {
  return new UsageError({ what, cause, place: 'rekindle backup schedule install', next });
}

/** When it is to run; undefined: as before, or once a night. */
function timesOf({ daily: day, every }: Options): Times | undefined {
  if (day !== undefined && every !== undefined)
    throw wrong('Both --daily and --every were given', 'one of them is meant', 'Leave one of them away.');
  if (day !== undefined) {
    const times = daily(day);
    if (times !== undefined) return times;
    throw wrong('That is no time of day', day, 'Write it as 03:00.');
  }
  if (every === undefined) return undefined;
  const times = hourly(every);
  if (times !== undefined) return times;
  throw wrong(
    'That does not divide a day',
    every,
    `One of ${hoursApart.map((hours) => `${hours}h`).join(', ')}.`,
  );
}

const bullets = (lines: readonly string[]) => lines.map((line) => `  - ${line}`).join('\n');

/** What is about to be done, or would be. */
function intentions({ manager, spec, units }: PreparedSchedule): readonly string[] {
  const systemctl = manager.scope === 'system' ? 'systemctl' : 'systemctl --user';
  const { times, schedule } = spec.record;
  const rules = [
    ['newest', schedule.keepLast],
    ['days', schedule.keepDaily],
    ['weeks', schedule.keepWeekly],
    ['months', schedule.keepMonthly],
  ].flatMap(([name, count]) => (count === undefined ? [] : [`${count} ${name}`]));
  return [
    `run as ${spec.account.name}, at ${times.calendar} and up to five minutes later; at the next start when the machine was off`,
    `keep ${rules.join(', ')}, and always the newest that was proven`,
    `write into: ${spec.writes.join(', ')}`,
    'try it first under the same limits (rekindle service self-test), and stop here when an answer is no',
    ...units.map(({ file, earlier }) => `${earlier === undefined ? 'write' : 'replace'} ${file}`),
    `${systemctl} daemon-reload; ${systemctl} enable ${backupTimerName}; ${systemctl} restart ${backupTimerName}`,
  ];
}

function showPlan(options: Options, prepared: PreparedSchedule): number {
  const steps = intentions(prepared);
  const files = prepared.units.map(({ file, text }) => `${file}:\n${text.trimEnd()}`);
  const text = [`It would:\n${bullets(steps)}`, ...files].join('\n\n');
  const units = Object.fromEntries(prepared.units.map(({ file, text: unit }) => [file, unit]));
  answer(options, 'backup schedule install', { text, json: { changed: false, steps, units } });
  return exitCodes.healthy;
}

function lingerAdvice({ startsWithoutLogin }: InstalledSchedule, user: string): readonly string[] {
  if (startsWithoutLogin === true) return [];
  const when = startsWithoutLogin === false ? 'It runs only while' : 'Whether it runs only while';
  const rest = startsWithoutLogin === false ? '.' : ' could not be looked up.';
  return [`${when} ${user} is logged in${rest} To have it run always: sudo loginctl enable-linger ${user}`];
}

function showInstalled(options: Options, prepared: PreparedSchedule, installed: InstalledSchedule): number {
  const files = prepared.units.map(({ file }) => file);
  const advice = lingerAdvice(installed, prepared.spec.account.name);
  const text = [
    `Backups are scheduled: ${files.join(', ')}`,
    bullets(intentions(prepared).slice(0, 3)),
    'Self-test, as it runs there:',
    selfTestText(installed.answers),
    ...advice,
    'See how it is: rekindle backup schedule status',
  ].join('\n');
  answer(options, 'backup schedule install', { text, json: { changed: true, files, ...installed, advice } });
  return exitCodes.healthy;
}

/** Definitions alone. */
function print(options: Options, definition: string): number {
  const json = { changed: false, definition };
  answer(options, 'backup schedule install', { text: definition.trimEnd(), json });
  return exitCodes.healthy;
}

function refuseElsewhere(): never {
  throw new ServiceRefused({
    what: 'Nothing is installed on this platform',
    cause: `the definition for ${process.platform} has not been tested`,
    place: 'rekindle backup schedule install',
    next: 'Print it, read it, and install it yourself: rekindle backup schedule install --print.',
  });
}

/** What was asked for. Throws UsageError. */
function wantedOf(options: Options): WantedSchedule {
  const { context, stack, namespace, journal, runAs, at, key, recipient, physical } = options;
  const { keepLast, keepDaily, keepWeekly, keepMonthly } = options;
  return {
    scope: scopeOf(options),
    context,
    stack,
    namespace,
    journal,
    runAs,
    times: timesOf(options),
    options: {
      ...(at !== undefined && { at }),
      ...(key !== undefined && { key }),
      ...(recipient !== undefined && { recipients: recipient }),
      ...(physical !== undefined && { physical }),
      ...(keepLast !== undefined && { keepLast }),
      ...(keepDaily !== undefined && { keepDaily }),
      ...(keepWeekly !== undefined && { keepWeekly }),
      ...(keepMonthly !== undefined && { keepMonthly }),
    },
  };
}

/** `rekindle backup schedule install`: a timer and its service; over earlier ones it keeps what is not named. */
export async function backupScheduleInstall(options: Options): Promise<number> {
  const wanted = wantedOf(options);
  const now = thisProcess(version());
  const elsewhere = scheduleFor(process.platform, wanted, now);
  if (elsewhere !== undefined) return options.print === true ? print(options, elsewhere) : refuseElsewhere();
  const prepared = await prepareSchedule(wanted, now);
  if (options.print === true) return print(options, prepared.units.map(({ text }) => text).join('\n'));
  if (options.dryRun === true) return showPlan(options, prepared);
  return showInstalled(options, prepared, await installSchedule(prepared, now.uid, now.run));
}
