import { openJournal } from '../../app/wire.ts';
import { eventText } from '../../report/text.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';

const lastEvents = 200;

interface HistoryOptions {
  readonly last?: number;
}

/** `rekindle history`: what was seen, decided, done and proven, newest last. Works without a cluster. */
export function historyCommand(options: CommonOptions & HistoryOptions): number {
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
