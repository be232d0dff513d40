import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Manager } from '../../service/manager.ts';
import type { Scope } from '../../service/service-spec.ts';
import type { Grade } from '../../service/status-text.ts';
import { unitName } from '../../service/units/systemd-unit.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { ScopeOptions } from './service-options.ts';

/** Exit codes of the commands that tell how something is. */
export const codes: Readonly<Record<Grade, number>> = {
  well: exitCodes.healthy,
  'not-well': exitCodes.broken,
  'could-not-look': exitCodes.couldNotTell,
};

/** The scope that the options name; undefined when they name none. Throws UsageError for both at once. */
export function scopeOf({ user, system }: ScopeOptions): Scope | undefined {
  if (user === true && system === true) {
    throw new UsageError({
      what: 'Both --user and --system were given',
      cause: 'a unit belongs to one manager',
      place: 'rekindle service',
      next: 'Leave one of them away.',
    });
  }
  if (user === true) return 'user';
  return system === true ? 'system' : undefined;
}

/** A sentence on where no unit is, and where one is after all. */
export function notInstalled({ scope, units }: Manager): string {
  const here = `The agent is not installed: there is no ${join(units, unitName)}.`;
  const elsewhere = join('/etc/systemd/system', unitName);
  if (scope === 'user' && existsSync(elsewhere))
    return `${here} There is a system unit: add --system (with sudo).`;
  return `${here} Install it: ${scope === 'system' ? 'sudo ' : ''}rekindle service install`;
}
