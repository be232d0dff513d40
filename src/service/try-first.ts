import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { causeText } from '../record/explained-error.ts';
import type { Manager } from './manager.ts';
import type { PreparedService } from './prepare.ts';
import { ServiceFailed } from './refused.ts';
import type { SelfTestAnswer } from './self-test.ts';
import { removeUnit, writeUnit } from './unit-file.ts';
import { selfTestName, selfTestUnit } from './units/systemd-unit.ts';

function readAnswers(output: string, said: string, manager: Manager): readonly SelfTestAnswer[] {
  try {
    const { answers } = JSON.parse(readFileSync(output, 'utf8')) as { answers?: readonly SelfTestAnswer[] };
    if (Array.isArray(answers)) return answers;
    throw new Error('it gave no answers');
  } catch (error) {
    const user = manager.scope === 'user' ? '--user ' : '';
    throw new ServiceFailed({
      what: 'The self-test could not be run as the service would run',
      cause: said || causeText(error),
      place: selfTestName,
      next: `Nothing was installed. See why: journalctl ${user}-u ${selfTestName}`,
    });
  }
}

/**
 * Runs the self-test as a unit of its own, which is gone afterwards: with the user, the environment and the limits that the
 * agent will have. Throws ServiceFailed when it cannot be run.
 */
export async function tryFirst({
  manager,
  spec,
}: Pick<PreparedService, 'manager' | 'spec'>): Promise<readonly SelfTestAnswer[]> {
  const unit = join(manager.transientUnits, selfTestName);
  const output = join(manager.runtime, 'rekindle-self-test.json');
  rmSync(output, { force: true });
  try {
    writeUnit(unit, selfTestUnit(spec, output));
    await manager.systemctl('daemon-reload');
    // Ends with an error also when an answer is no; what it printed says more.
    const { said } = await manager.systemctl('start', selfTestName);
    return readAnswers(output, said, manager);
  } finally {
    removeUnit(unit);
    rmSync(output, { force: true });
    await manager.systemctl('reset-failed', selfTestName);
    await manager.systemctl('daemon-reload');
  }
}
