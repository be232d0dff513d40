import type { JournalEvent, StoredEvent } from '../domain/journal-event.ts';

/** How many of the newest events no one can remove: some months of an agent, a few hundred recoveries, about 30 MB. */
export const journalKeeps = 50_000;

/** A cluster as events tell it. */
export interface JournalCluster {
  readonly cluster: string;
  /** Context of the kubeconfig; it may be renamed, and is all that runs of older programs tell. */
  readonly context: string;
}

export interface EventFilter {
  readonly run?: string;
  readonly types?: readonly JournalEvent['type'][];
  /** Without what says itself, or by the start of its run, that it belongs to another cluster; what says nothing counts. */
  readonly on?: JournalCluster;
  /** The newest n of those that fit. */
  readonly last?: number;
}

/** Append-only store of events. */
export interface JournalStore {
  /**
   * Appends one event and returns only when it is on disk (fsync), so that an intent survives a loss of power
   * that comes right after it. Throws JournalUnavailable when it cannot be written.
   */
  append(event: JournalEvent, at: number): StoredEvent;
  /** Events in order. */
  events(filter?: EventFilter): readonly StoredEvent[];
  /**
   * Forgets events beyond the newest `journalKeeps`, so that a journal that is written for years stays small; what was
   * discovered stays. How many were forgotten. Throws JournalUnavailable.
   */
  trim(): number;
  close(): void;
}
