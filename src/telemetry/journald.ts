import process from 'node:process';

import type { Listener } from '../app/run-log.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { causeText } from '../record/explained-error.ts';
import { eventEntry, type JournalEntry, journalEntry, priorities, type Priority } from './journal-entry.ts';
import { type JournalSink, loggerSink, socketSink, streamSink, streamToJournal } from './journal-sinks.ts';

/** So many entries wait for a journal that does not take them; a recovery writes a few dozen. */
const mostWaiting = 500;

/** How long the end of the agent waits for them, ms. */
const flushMs = 2000;

/**
 * Tells systemd's journal what the agent sees and does. It never holds up the agent: entries wait in a queue, and what does
 * not fit is counted and told. When one way to the journal fails, the next one is taken, and that is told too.
 */
export class JournaldLog implements Listener {
  readonly #sinks: JournalSink[];
  readonly #waiting: JournalEntry[] = [];
  /** Steps whose end was not heard yet, by action. */
  readonly #steps = new Map<string, PlannedStep>();
  #lost = 0;
  #introduced: JournalSink | undefined;
  #writing: Promise<void> | undefined;

  /** `sinks`: best first; there is at least one. */
  constructor(sinks: readonly JournalSink[]) {
    this.#sinks = [...sinks];
  }

  readonly stored = (event: StoredEvent): void => {
    if (event.type === 'step-intended') this.#steps.set(event.action, event.step);
    const entry = eventEntry(event, (action) => this.#steps.get(action));
    if (event.type === 'step-verified' || (event.type === 'step-acted' && event.acted !== 'done'))
      this.#steps.delete(event.action);
    if (entry !== undefined) this.#write(entry);
  };

  readonly said = (line: string): void => this.say(line, priorities.info);

  /** One line that is about the agent itself. */
  say(message: string, priority: Priority): void {
    this.#write(journalEntry({ message, priority }));
  }

  /** Resolves when everything is written, or after `longestMs`. */
  async close(longestMs = flushMs): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, longestMs);
    await Promise.race([late, this.#writing]);
    clearTimeout(timer);
  }

  #write(entry: JournalEntry): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(entry);
    this.#writing ??= this.#drain();
  }

  async #drain(): Promise<void> {
    for (let entry = this.#next(); entry !== undefined; entry = this.#next()) await this.#writeOne(entry);
    this.#writing = undefined;
  }

  #next(): JournalEntry | undefined {
    const entry = this.#waiting.shift();
    if (entry !== undefined || this.#lost === 0) return entry;
    const message = `${this.#lost} entries are missing here: the journal did not take them in time`;
    this.#lost = 0;
    return { message, priority: priorities.warning, fields: {} };
  }

  /** Through the best way that works; the last one has nothing after it that its failure could be told to. */
  async #writeOne(entry: JournalEntry): Promise<void> {
    let why = '';
    for (let sink = this.#sinks[0]; sink !== undefined; sink = this.#sinks[0]) {
      try {
        await this.#introduce(sink, why);
        await sink.write(entry);
        return;
      } catch (error) {
        if (this.#sinks.length === 1) return;
        why = `: ${causeText(error)}`;
        this.#sinks.shift();
      }
    }
  }

  /** The first thing that goes through a sink says what goes through it, so that nobody looks for fields in vain. */
  async #introduce(sink: JournalSink, why: string): Promise<void> {
    if (this.#introduced === sink) return;
    const priority = why === '' ? priorities.info : priorities.warning;
    await sink.write(journalEntry({ message: `the journal gets ${sink.name}${why}`, priority }));
    this.#introduced = sink;
  }
}

/**
 * The log for a process that systemd has started; undefined for others, whose output is read where it is printed. `logger`:
 * absolute path of util-linux's program, found when the service was installed.
 */
export function journaldLog(logger: string | undefined): JournaldLog | undefined {
  const stream = streamToJournal(process.env);
  if (stream === undefined) return undefined;
  const socket = socketSink(process.env);
  const best = socket === undefined ? [] : [socket];
  const second = logger === undefined ? [] : [loggerSink(logger)];
  return new JournaldLog([...best, ...second, streamSink(stream)]);
}
