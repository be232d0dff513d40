import type { JournalEvent, StoredEvent } from '../../src/domain/journal-event.ts';
import type { JournalStore } from '../../src/ports/journal-store.ts';
import { redact } from '../../src/record/redact.ts';
import { redactedFields } from '../../src/record/redacted-fields.ts';

/** A journal that lives as long as the object: for tests of everything that records. */
export function memoryJournal(): JournalStore {
  const stored: StoredEvent[] = [];
  return {
    append(event: JournalEvent, at: number): StoredEvent {
      const next = { ...redactedFields(event, redact), seq: stored.length + 1, at: Math.round(at) };
      stored.push(next);
      return next;
    },
    events({ run, types, last } = {}) {
      const wanted = stored.filter(
        (event) =>
          (run === undefined || event.run === run) && (types === undefined || types.includes(event.type)),
      );
      return last === undefined ? wanted : wanted.slice(Math.max(0, wanted.length - last));
    },
    trim: () => 0,
    close: () => undefined,
  };
}
