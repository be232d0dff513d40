import process from 'node:process';

import { installService, type Installed } from '../../service/install.ts';
import { definitionFor, refuseToInstall } from '../../service/other-platforms.ts';
import { here, prepareService, type PreparedService } from '../../service/prepare.ts';
import { selfTestText } from '../../service/self-test.ts';
import { unitName, watchdogSeconds } from '../../service/units/systemd-unit.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import type { InstallOptions } from './service-options.ts';
import { scopeOf } from './service-scope.ts';

type Options = CommonOptions & InstallOptions;

/** What is about to be done, or would be, in the order in which it is done. */
function intentions({ manager, spec, file, earlier }: PreparedService): readonly string[] {
  const systemctl = manager.scope === 'system' ? 'systemctl' : 'systemctl --user';
  const [program] = spec.program;
  return [
    `run as ${spec.account.name}: ${spec.program.join(' ')} watch`,
    `write into: ${spec.writes.join(', ')}`,
    `try it first under the same limits (rekindle service self-test), and stop here when an answer is no`,
    `${earlier === undefined ? 'write' : 'replace'} ${file}`,
    `${systemctl} daemon-reload; ${systemctl} enable ${unitName}; ${systemctl} restart ${unitName}`,
    `started at boot, again whenever it ends, and ended when it is silent for ${watchdogSeconds} s`,
    `it uses the container engine, which equals root on this machine, whatever ${program} is not let do otherwise`,
  ];
}

const bullets = (lines: readonly string[]) => lines.map((line) => `  - ${line}`).join('\n');

function lingerAdvice({ startsWithoutLogin }: Installed, user: string): readonly string[] {
  const how = `sudo loginctl enable-linger ${user}`;
  if (startsWithoutLogin === true) return [];
  if (startsWithoutLogin === undefined)
    return [`Whether it starts without a login could not be looked up; to be sure: ${how}`];
  return [
    `It starts only when ${user} logs in, and ends with the last session. To have it start at boot: ${how}`,
  ];
}

function showPlan(options: Options, prepared: PreparedService): number {
  const { unit, file, earlier } = prepared;
  const steps = intentions(prepared);
  const same = earlier === unit ? 'The unit is as it would be written now.\n' : '';
  const text = `${same}It would:\n${bullets(steps)}\n\n${file}:\n${unit.trimEnd()}`;
  answer(options, 'service-install', { text, json: { changed: false, file, steps, unit } });
  return exitCodes.healthy;
}

function showInstalled(options: Options, prepared: PreparedService, installed: Installed): number {
  const { file, spec } = prepared;
  const advice = lingerAdvice(installed, spec.account.name);
  const text = [
    `The agent is installed and runs: ${file}`,
    bullets(intentions(prepared).slice(0, 2)),
    'Self-test, as it runs there:',
    selfTestText(installed.answers),
    ...advice,
    'See how it is: rekindle service status',
  ].join('\n');
  answer(options, 'service-install', { text, json: { changed: true, file, ...installed, advice } });
  return exitCodes.healthy;
}

/** The definition alone. */
function print(options: Options, text: string): number {
  answer(options, 'service-install', { text: text.trimEnd(), json: { changed: false, definition: text } });
  return exitCodes.healthy;
}

/** `rekindle service install`: installs and starts the agent; over an earlier one it keeps what is not named. */
export async function serviceInstallCommand(options: Options): Promise<number> {
  if (options.dryRun === true && options.print === true) {
    throw new UsageError({
      what: 'Both --dry-run and --print were given',
      cause: 'the first shows the unit as well',
      place: 'rekindle service install',
      next: 'Leave one of them away.',
    });
  }
  const { context, stack, namespace, journal, runAs } = options;
  const wanted = { scope: scopeOf(options), context, stack, namespace, journal, runAs };
  const now = here(version());
  const elsewhere = definitionFor(process.platform, wanted, now);
  if (elsewhere !== undefined)
    return options.print === true ? print(options, elsewhere.text) : refuseToInstall(process.platform);
  const prepared = await prepareService(wanted, now);
  if (options.print === true) return print(options, prepared.unit);
  if (options.dryRun === true) return showPlan(options, prepared);
  return showInstalled(options, prepared, await installService(prepared, now.uid, now.run));
}
