import { existsSync } from 'node:fs';

import { causeText } from '../../record/explained-error.ts';
import { lingers, makeFolders, refuseFailed } from '../install.ts';
import { mustSucceed } from '../manager.ts';
import { ServiceFailed } from '../refused.ts';
import type { Run } from '../run.ts';
import type { SelfTestAnswer } from '../self-test.ts';
import { tryFirst } from '../try-first.ts';
import { removeUnit, syncFile, writeUnit } from '../unit-file.ts';
import { backupTimerName } from '../units/backup-units.ts';
import type { PreparedSchedule } from './prepare-schedule.ts';

/** What an installation did. */
export interface InstalledSchedule {
  readonly answers: readonly SelfTestAnswer[];
  /** Whether it runs when nobody has logged in; undefined: could not look. Always true for system units. */
  readonly startsWithoutLogin: boolean | undefined;
}

/** Puts back what was there. Returns what could not be put back, in words; empty when everything was. */
async function takeBack({ manager, units }: PreparedSchedule, wasEnabled: boolean): Promise<string> {
  const failed: string[] = [];
  const step = async (...args: readonly string[]) => {
    const { code, said } = await manager.systemctl(...args);
    if (code !== 0) failed.push(`systemctl ${args.join(' ')}: ${said}`);
  };
  if (!wasEnabled) await step('disable', '--now', backupTimerName);
  for (const { file, earlier } of units)
    try {
      if (earlier === undefined) removeUnit(file);
      else writeUnit(file, earlier);
    } catch (error) {
      failed.push(`${file}: ${causeText(error)}`);
    }
  await step('daemon-reload');
  if (wasEnabled) await step('restart', backupTimerName);
  return failed.join('; ');
}

/**
 * Installs the schedule over what is there, after the same self-test under the same limits as the agent's. Throws ServiceRefused
 * (nothing was changed) and ServiceFailed (it was taken back).
 */
export async function installSchedule(
  prepared: PreparedSchedule,
  uid: number,
  run: Run,
): Promise<InstalledSchedule> {
  const { manager, spec, units } = prepared;
  await makeFolders(spec, uid, run);
  const answers = await tryFirst(prepared);
  refuseFailed(answers, 'Backups are not scheduled: they could not be made');
  const enabled = await manager.systemctl('is-enabled', backupTimerName);
  const wasEnabled = enabled.stdout.trim() === 'enabled';
  try {
    for (const path of spec.record.decisive.filter((each) => existsSync(each))) syncFile(path);
    for (const { file, text } of units) writeUnit(file, text);
    await mustSucceed(manager, 'daemon-reload');
    await mustSucceed(manager, 'enable', backupTimerName);
    // `restart` reads changed times, and starts it.
    await mustSucceed(manager, 'restart', backupTimerName);
  } catch (error) {
    const left = await takeBack(prepared, wasEnabled);
    const result = left === '' ? 'Everything is as before.' : `Not everything is as before: ${left}.`;
    throw new ServiceFailed(
      {
        what: 'Backups could not be scheduled',
        cause: causeText(error),
        place: units.map(({ file }) => file).join(', '),
        next: `${result} Try one by hand: rekindle backup create.`,
      },
      { cause: error },
    );
  }
  return { answers, startsWithoutLogin: await lingers(manager, spec, run) };
}
