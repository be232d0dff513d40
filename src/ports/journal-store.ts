import type { JournalEvent, StoredEvent } from '../domain/journal-event.ts';

/** Append-only store of events. */
export interface JournalStore {
  /**
   * Appends one event and returns only when it is on disk (fsync), so that an intent survives a loss of power
   * that comes right after it. Throws JournalUnavailable when it cannot be written.
   */
  append(event: JournalEvent, at: number): StoredEvent;
  /** Events in order; `run` limits to one run, `last` to the newest n. */
  events(filter?: { readonly run?: string; readonly last?: number }): readonly StoredEvent[];
  close(): void;
}
