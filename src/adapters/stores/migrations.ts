import type { DatabaseSync } from 'node:sqlite';
import { JournalUnavailable } from './journal-unavailable.ts';

/**
 * Schema changes, in order; the number of one is its place in the list, counted from 1. Never change one that was
 * released: add another.
 */
const migrations: readonly string[] = [
  `CREATE TABLE events (
     seq  INTEGER PRIMARY KEY AUTOINCREMENT,
     at   INTEGER NOT NULL,
     run  TEXT NOT NULL,
     type TEXT NOT NULL,
     body TEXT NOT NULL CHECK (json_valid(body))
   ) STRICT;
   CREATE INDEX events_by_run ON events (run, seq);
   CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
     BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
   CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
     BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;`,
  `CREATE INDEX events_by_type ON events (type, seq);
   DROP TRIGGER events_are_not_removed;
   CREATE TRIGGER new_events_are_not_removed BEFORE DELETE ON events
     WHEN OLD.seq > (SELECT max(seq) FROM events) - 50000
     BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;`,
];

/**
 * Brings the schema up to date, in one transaction that other processes wait for. Throws JournalUnavailable for a
 * journal that a newer program wrote: it may mean things by it that this one would get wrong.
 */
export function migrate(database: DatabaseSync, file: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(
      'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT',
    );
    const row = database.prepare('SELECT coalesce(max(number), 0) AS number FROM migrations').get();
    const applied = Number(row?.['number']);
    if (applied > migrations.length) throw newer(applied, file);
    const note = database.prepare('INSERT INTO migrations (number, applied_at) VALUES (?, ?)');
    migrations.slice(applied).forEach((change, index) => {
      database.exec(change);
      note.run(applied + index + 1, Date.now());
    });
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function newer(applied: number, file: string): JournalUnavailable {
  return new JournalUnavailable({
    what: 'The journal was written by a newer Rekindle',
    cause: `its schema is ${applied}, this program knows ${migrations.length}`,
    place: file,
    next: 'Use the newer program, or name another folder with XDG_STATE_HOME.',
  });
}
