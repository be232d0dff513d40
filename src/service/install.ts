import { existsSync } from 'node:fs';

import { causeText } from '../record/explained-error.ts';
import { createFolder } from '../record/durable-file.ts';
import { mustSucceed, type Manager } from './manager.ts';
import type { PreparedService } from './prepare.ts';
import { ServiceFailed, ServiceRefused } from './refused.ts';
import type { Run } from './run.ts';
import type { SelfTestAnswer } from './self-test.ts';
import type { ServiceSpec } from './service-spec.ts';
import { neededTool, systemTool } from './tools.ts';
import { tryFirst } from './try-first.ts';
import { removeUnit, syncFile, writeUnit } from './unit-file.ts';
import { unitName } from './units/systemd-unit.ts';

/** What an installation did. */
export interface Installed {
  readonly answers: readonly SelfTestAnswer[];
  /** Whether the agent starts when nobody has logged in; undefined: could not look. Always true for a system unit. */
  readonly startsWithoutLogin: boolean | undefined;
}

/** How it was before: what a failed installation goes back to. */
interface Before {
  readonly isEnabled: boolean;
  readonly isActive: boolean;
}

/** Folders of a user are made by that user: root would follow whatever links lie there. */
export async function makeFolders(spec: ServiceSpec, uid: number, run: Run): Promise<void> {
  for (const folder of spec.writes.filter((path) => !existsSync(path))) {
    if (uid === spec.account.uid) {
      createFolder(folder);
      continue;
    }
    const argv = [
      neededTool('runuser'),
      '-u',
      spec.account.name,
      '--',
      neededTool('mkdir'),
      '-p',
      '-m',
      '700',
    ];
    const { code, said } = await run([...argv, folder]);
    if (code === 0) continue;
    throw new ServiceRefused({
      what: 'A folder that is written into cannot be made',
      cause: said,
      place: folder,
      next: `Make it as user ${spec.account.name}, then install again.`,
    });
  }
}

/** Throws ServiceRefused when an answer is no; `what` is the first half of its sentence. */
export function refuseFailed(
  answers: readonly SelfTestAnswer[],
  what = 'The service is not installed: the agent could not work',
): void {
  const failed = answers.filter(({ answer }) => answer === 'no');
  if (failed.length === 0) return;
  throw new ServiceRefused({
    what,
    cause: failed.map(({ question, evidence }) => `it cannot ${question}: ${evidence}`).join('; '),
    place: 'self-test',
    next: 'Mend that, then install again.',
  });
}

async function stateBefore({ manager }: PreparedService): Promise<Before> {
  const enabled = await manager.systemctl('is-enabled', unitName);
  const active = await manager.systemctl('is-active', unitName);
  return {
    isEnabled: enabled.stdout.trim() === 'enabled',
    isActive: ['active', 'activating', 'reloading'].includes(active.stdout.trim()),
  };
}

/** Puts back what was there. Returns what could not be put back, in words; empty when everything was. */
async function takeBack({ manager, file, earlier }: PreparedService, before: Before): Promise<string> {
  const failed: string[] = [];
  const step = async (...args: readonly string[]) => {
    const { code, said } = await manager.systemctl(...args);
    if (code !== 0) failed.push(`systemctl ${args.join(' ')}: ${said}`);
  };
  if (!before.isEnabled) await step('disable', unitName);
  if (!before.isActive) await step('stop', unitName);
  try {
    if (earlier === undefined) removeUnit(file);
    else writeUnit(file, earlier);
  } catch (error) {
    failed.push(`${file}: ${causeText(error)}`);
  }
  await step('daemon-reload');
  if (before.isActive) await step('restart', unitName);
  // Without a unit there is nothing that has failed, and systemctl says so.
  else await manager.systemctl('reset-failed', unitName);
  return failed.join('; ');
}

/** What the agent itself said since then; where it said nothing, what its manager said of it. */
async function lastWords({ manager }: PreparedService, since: Date, run: Run): Promise<string> {
  const journalctl = systemTool('journalctl');
  if (journalctl === undefined) return '';
  const user = manager.scope === 'user';
  const said = async (...what: readonly string[]): Promise<string> => {
    const from = `--since=@${since.valueOf() / 1000}`;
    const argv = [journalctl, ...what, from, '--lines=5', '--output=cat', '--no-pager', '--quiet'];
    const { stdout } = await run(argv, manager.environment);
    return stdout.trim().replaceAll('\n', ' | ');
  };
  // By then the manager may have said more of its next try than the agent had lines. This field is only on lines of the
  // unit's own processes (systemd.journal-fields(7)).
  const own = await said(`${user ? '_SYSTEMD_USER_UNIT' : '_SYSTEMD_UNIT'}=${unitName}`);
  return own === '' ? said(`${user ? '--user-unit' : '--unit'}=${unitName}`) : own;
}

/** Lingering keeps a user's manager running without a login (loginctl(1)); a file of that name says so. */
export async function lingers(manager: Manager, spec: ServiceSpec, run: Run): Promise<boolean | undefined> {
  if (manager.scope === 'system') return true;
  const loginctl = systemTool('loginctl');
  if (loginctl === undefined) return undefined;
  const asked = await run([loginctl, 'show-user', spec.account.name, '--property=Linger', '--value']);
  return asked.code === 0
    ? asked.stdout.trim() === 'yes'
    : existsSync(`/var/lib/systemd/linger/${spec.account.name}`);
}

/** Writes the unit, enables and starts it; when any of it fails everything is as before. Throws ServiceFailed. */
async function enable(prepared: PreparedService, before: Before, run: Run): Promise<void> {
  const { manager, spec, file, unit } = prepared;
  let started = new Date();
  try {
    // A unit that is there after a loss of power is worth nothing when what it runs and reads is not.
    for (const path of spec.record.decisive.filter((each) => existsSync(each))) syncFile(path);
    writeUnit(file, unit);
    await mustSucceed(manager, 'daemon-reload');
    await mustSucceed(manager, 'enable', unitName);
    // An agent that gave up after too many starts is to be started by this one.
    await manager.systemctl('reset-failed', unitName);
    started = new Date();
    await mustSucceed(manager, 'restart', unitName);
  } catch (error) {
    const said = await lastWords(prepared, started, run);
    const left = await takeBack(prepared, before);
    const result = left === '' ? 'Everything is as before.' : `Not everything is as before: ${left}.`;
    throw new ServiceFailed(
      {
        what: 'The service could not be installed',
        cause: said === '' ? causeText(error) : `${causeText(error)} Its last words: ${said}`,
        place: file,
        next: `${result} Try it by hand: rekindle watch.`,
      },
      { cause: error },
    );
  }
}

/**
 * Installs the agent over what is there: tries it first under its own limits, then writes the unit, enables it and waits
 * until it says that it is ready. Throws ServiceRefused (nothing was changed) and ServiceFailed (it was taken back).
 */
export async function installService(prepared: PreparedService, uid: number, run: Run): Promise<Installed> {
  await makeFolders(prepared.spec, uid, run);
  const answers = await tryFirst(prepared);
  refuseFailed(answers);
  await enable(prepared, await stateBefore(prepared), run);
  return { answers, startsWithoutLogin: await lingers(prepared.manager, prepared.spec, run) };
}
