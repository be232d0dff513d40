import { ownAccount } from '../../service/accounts.ts';
import { here, managerFor } from '../../service/prepare.ts';
import { uninstallService } from '../../service/uninstall.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import type { UninstallOptions } from './service-options.ts';
import { notInstalled, scopeOf } from './service-scope.ts';

/** `rekindle service uninstall`: a second time there is nothing to remove, which is no error. */
export async function serviceUninstallCommand(options: CommonOptions & UninstallOptions): Promise<number> {
  const now = here(version());
  const manager = await managerFor(scopeOf(options), now);
  const own = await ownAccount(now.run);
  const { removed, kept } = await uninstallService(manager, own, options.purge === true, now.run);
  const did =
    removed.length === 0
      ? [notInstalled(manager)]
      : ['Stopped, disabled and removed:', ...removed.map((path) => `  ${path}`)];
  const stays = kept === undefined ? [] : [`Kept: ${kept} (remove it as well with --purge)`];
  answer(options, 'service-uninstall', { text: [...did, ...stays].join('\n'), json: { removed, kept } });
  return exitCodes.healthy;
}
