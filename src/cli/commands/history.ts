import { existsSync } from 'node:fs';

import { openJournal } from '../../app/wire.ts';
import { eventText } from '../../report/text.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';

const lastEvents = 200;

interface HistoryOptions {
  readonly last?: number;
}

/** A journal that is named is there: a new, empty one would answer that nothing ever happened. Throws UsageError. */
function assertThere(journal: string | undefined): void {
  if (journal === undefined || existsSync(journal)) return;
  throw new UsageError({
    what: 'The journal cannot be read',
    cause: 'there is no such file',
    place: journal,
    next: 'See the name, or leave --journal out for the usual one.',
  });
}

/**
 * `rekindle history`: what was seen, decided, done and proven, newest last. Works without a cluster. Throws UsageError
 * and JournalUnavailable.
 */
export function historyCommand(options: CommonOptions & HistoryOptions): number {
  assertThere(options.journal);
  const store = openJournal(options.journal);
  try {
    const events = store.events({ last: options.last ?? lastEvents });
    const lines = events.flatMap((event) => {
      const text =
        event.type === 'run-started' ? `run ${event.run}: rekindle ${event.command}` : eventText(event);
      return text === '' ? [] : [`${new Date(event.at).toISOString()}  ${text}`];
    });
    const text = lines.length === 0 ? 'Nothing has been recorded yet.' : lines.join('\n');
    answer(options, 'history', { text, json: { events } });
    return exitCodes.healthy;
  } finally {
    store.close();
  }
}
