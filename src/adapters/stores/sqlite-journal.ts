import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { JournalEvent, StoredEvent } from '../../domain/journal-event.ts';
import { journalKeeps, type EventFilter, type JournalStore } from '../../ports/journal-store.ts';
import { redact } from '../../record/redact.ts';
import { redactedFields } from '../../record/redacted-fields.ts';
import { createDurably, syncFolder } from '../../record/durable-file.ts';
import { journalUnavailable } from './journal-unavailable.ts';
import { migrate } from './migrations.ts';

/** How long to wait for another process that is just writing, ms. */
const busyTimeoutMs = 5000;

/**
 * By the word of its run's start, and by its own; parameters: cluster, context, cluster. Asked in each pass: with a full
 * journal it takes 3 ms of CPU for the cluster that wrote it, and 26 ms for another one (45,000 actions in 3,000 runs).
 */
const belongsHere = `run NOT IN (
  SELECT run FROM events WHERE type = 'run-started'
    AND coalesce(json_extract(body, '$.cluster') <> ?, json_extract(body, '$.context') <> ?)
  ) AND coalesce(json_extract(body, '$.cluster') = ?, TRUE)`;

type Row = Readonly<Record<string, unknown>>;

/**
 * The journal in one SQLite file. WAL with `synchronous=FULL`: every append is an fsync of the log, and returns
 * after it (sqlite.org/pragma.html#pragma_synchronous). Strings that hold a secret are written without it.
 * Throws JournalUnavailable.
 */
export class SqliteJournal implements JournalStore {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  private constructor(file: string, database: DatabaseSync) {
    this.#file = file;
    this.#database = database;
    // Without RETURNING: node:sqlite would read the row, commit while it resets the statement, and drop the error
    // of that commit, so that a full disk would look like a success (seen with Node 24.21).
    this.#insert = database.prepare('INSERT INTO events (at, run, type, body) VALUES (?, ?, ?, ?)');
  }

  /** Opens the journal for reading and writing; makes it, and its folder, when it is not there. */
  static open(file: string): SqliteJournal {
    try {
      const isNew = !existsSync(file);
      createDurably(file);
      const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
      try {
        database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
        migrate(database, file);
        if (isNew) syncFolder(dirname(file));
        return new SqliteJournal(file, database);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      throw journalUnavailable('The journal cannot be opened', file, error);
    }
  }

  append(event: JournalEvent, at: number): StoredEvent {
    const { type, run, ...body } = redactedFields(event, redact);
    const text = JSON.stringify(body);
    try {
      const { lastInsertRowid: seq } = this.#insert.run(Math.round(at), run, type, text);
      return storedEvent({ seq, at: Math.round(at), run, type, body: text });
    } catch (error) {
      throw journalUnavailable('The journal cannot be written', this.#file, error);
    }
  }

  events({ run, types, on, last }: EventFilter = {}): readonly StoredEvent[] {
    try {
      const wanted = types ?? [];
      const conditions = [
        ...(run === undefined ? [] : ['run = ?']),
        ...(types === undefined ? [] : [`type IN (${wanted.map(() => '?').join(', ')})`]),
        ...(on === undefined ? [] : [belongsHere]),
      ];
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      const newestFirst = `SELECT seq, at, run, type, body FROM events ${where} ORDER BY seq DESC LIMIT ?`;
      const place = on === undefined ? [] : [on.cluster, on.context, on.cluster];
      const values = [...(run === undefined ? [] : [run]), ...wanted, ...place, last ?? -1];
      const rows = this.#database.prepare(newestFirst).all(...values);
      return rows.toReversed().map((row) => storedEvent(row));
    } catch (error) {
      throw journalUnavailable('The journal cannot be read', this.#file, error);
    }
  }

  /**
   * Whether it could be written now: takes the lock of a writer and lets it go. Throws JournalUnavailable for one that
   * is read-only or somebody else's; a full disk shows only when something is written.
   */
  rehearse(): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE; ROLLBACK');
    } catch (error) {
      throw journalUnavailable('The journal cannot be written', this.#file, error);
    }
  }

  trim(): number {
    try {
      const { changes } = this.#database
        .prepare(
          "DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events) - ? AND type <> 'stack-discovered'",
        )
        .run(journalKeeps);
      return Number(changes);
    } catch (error) {
      throw journalUnavailable('The journal cannot be trimmed', this.#file, error);
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

function storedEvent(row: Row): StoredEvent {
  const body = JSON.parse(String(row['body'])) as object;
  const { seq, at, run, type } = row;
  return { ...body, type, run, seq: Number(seq), at: Number(at) } as StoredEvent;
}
