import { openJournal } from '../../app/wire.ts';
import type { ReadEvents } from '../../service/journal-look.ts';
import { thisProcess, managerFor } from '../../service/prepare.ts';
import { gradeOf, statusText } from '../../service/status-text.ts';
import { installedUnit, serviceStatus } from '../../service/status.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import type { ScopeOptions } from './service-options.ts';
import { codes, notInstalled, scopeOf } from './service-scope.ts';

const readEvents: ReadEvents = (file, filter) => {
  const store = openJournal(file);
  try {
    return store.events(filter);
  } finally {
    store.close();
  }
};

/** `rekindle service status`: one screen; 0 all is well, 1 something is not, 2 could not look. */
export async function serviceStatusCommand(options: CommonOptions & ScopeOptions): Promise<number> {
  const now = thisProcess(version());
  const manager = await managerFor(scopeOf(options), now, 'read');
  const file = installedUnit(manager);
  if (file === undefined) {
    answer(options, 'service-status', { text: notInstalled(manager), json: { installed: false } });
    return exitCodes.broken;
  }
  const status = await serviceStatus(manager, file, { readEvents, run: now.run });
  const at = Date.now();
  const grade = gradeOf(status, at);
  answer(options, 'service-status', {
    text: statusText(status, at),
    json: { installed: true, grade, ...status },
  });
  return codes[grade];
}
