import type { JournalEvent, StoredEvent } from '../../src/domain/journal-event.ts';
import type { JournalCluster, JournalStore } from '../../src/ports/journal-store.ts';
import { redact } from '../../src/record/redact.ts';
import { redactedFields } from '../../src/record/redacted-fields.ts';

/** Whether an event says itself that it belongs to another cluster; of older runs only the context is known. */
function isElsewhere(event: JournalEvent, { cluster, context }: JournalCluster): boolean {
  if ('cluster' in event && event.cluster !== undefined) return event.cluster !== cluster;
  return event.type === 'run-started' && event.context !== context;
}

/** A journal that lives as long as the object: for tests of everything that records. */
export function memoryJournal(): JournalStore {
  const stored: StoredEvent[] = [];
  return {
    append(event: JournalEvent, at: number): StoredEvent {
      const next = { ...redactedFields(event, redact), seq: stored.length + 1, at: Math.round(at) };
      stored.push(next);
      return next;
    },
    events({ run, types, on, last } = {}) {
      const others = new Set(stored.filter((event) => on !== undefined && isElsewhere(event, on)));
      const runs = new Set([...others].flatMap(({ type, run: id }) => (type === 'run-started' ? [id] : [])));
      const wanted = stored.filter(
        (event) =>
          (run === undefined || event.run === run) &&
          (types === undefined || types.includes(event.type)) &&
          !others.has(event) &&
          !runs.has(event.run),
      );
      return last === undefined ? wanted : wanted.slice(Math.max(0, wanted.length - last));
    },
    trim: () => 0,
    close: () => undefined,
  };
}
