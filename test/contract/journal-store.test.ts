import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/domain/journal-event.ts';
import type { EventFilter, JournalStore } from '../../src/ports/journal-store.ts';
import { JournalUnavailable } from '../../src/adapters/stores/journal-unavailable.ts';
import { SqliteJournal } from '../../src/adapters/stores/sqlite-journal.ts';
import { registerSecret } from '../../src/record/redact.ts';
import { memoryJournal } from '../fakes/memory-journal.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const closed: JournalEvent = { type: 'finding-closed', run: 'r1', fault: 'dns-silent', object: 'Pod a/b' };
const written = (id: string, run = 'r1'): JournalEvent => ({ type: 'write-verified', run, id, count: 1 });
const failed = (detail: string, action = 'a1'): JournalEvent => ({
  type: 'step-acted',
  run: 'r1',
  action,
  acted: 'failed',
  detail,
});

const started = (run: string, context: string, cluster?: string): JournalEvent => ({
  type: 'run-started',
  run,
  command: 'up',
  context,
  version: '0',
  ...(cluster !== undefined && { cluster }),
});
const paused = (cluster: string): JournalEvent => ({
  type: 'paused',
  run: 'p',
  cluster,
  until: 1,
  reason: '',
});

const noMounts =
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
    ? undefined
    : 'needs mounts of its own: root, or a kernel that gives them to users';

const stores: readonly (readonly [string, () => JournalStore])[] = [
  ['SQLite', () => SqliteJournal.open(join(temporaryFolder(), 'state', 'journal.db'))],
  ['memory', () => memoryJournal()],
];

describe.each(stores)('journal store: %s', (_name, open) => {
  it('gives back what was appended, in order, with growing places', () => {
    const journal = open();
    const appended = [journal.append(closed, 1000), journal.append(written('w1'), 2000)];
    expect(journal.events()).toEqual(appended);
    expect(appended[0]).toMatchObject({ ...closed, at: 1000 });
    expect(appended[1]?.seq).toBeGreaterThan(appended[0]?.seq ?? 0);
    journal.close();
  });

  it('limits to one run and to the newest events', () => {
    const journal = open();
    for (const id of ['1', '2', '3']) journal.append(written(id, 'even'), 1);
    journal.append(written('4', 'odd'), 1);
    const ids = (filter: { run?: string; last?: number }): unknown[] =>
      journal.events(filter).map((event) => 'id' in event && event.id);
    expect(ids({ run: 'even' })).toEqual(['1', '2', '3']);
    expect(ids({ last: 2 })).toEqual(['3', '4']);
    expect(ids({ run: 'even', last: 1 })).toEqual(['3']);
    expect(ids({ run: 'nobody' })).toEqual([]);
    expect(ids({ last: 0 })).toEqual([]);
    journal.close();
  });

  it('limits to one cluster: what says that it belongs to another is left out, also before the newest are taken', () => {
    const journal = open();
    const events = [
      started('here', 'k3d-shop', 'shop'),
      started('renamed', 'my-shop', 'shop'),
      started('pointed elsewhere', 'k3d-shop', 'other'),
      started('older', 'k3d-shop'),
      started('older, elsewhere', 'k3d-other'),
    ];
    for (const event of events) journal.append(event, 1);
    for (const { run } of events) journal.append(written(run, run), 1);
    journal.append(written('nobody knows', 'unknown'), 1);
    for (const cluster of ['shop', 'other', 'other']) journal.append(paused(cluster), 1);
    const on = { cluster: 'shop', context: 'k3d-shop' };
    const found = (filter: EventFilter): unknown[] =>
      journal.events({ ...filter, on }).map((event) => ('id' in event ? event.id : event.run));
    expect(found({ types: ['write-verified'] })).toEqual(['here', 'renamed', 'older', 'nobody knows']);
    expect(found({ types: ['write-verified'], last: 3 })).toEqual(['renamed', 'older', 'nobody knows']);
    expect(found({ types: ['run-started'] })).toEqual(['here', 'renamed', 'older']);
    expect(found({ run: 'older, elsewhere' })).toEqual([]);
    expect(journal.events({ types: ['paused'], on, last: 1 })).toMatchObject([{ cluster: 'shop' }]);
    journal.close();
  });

  it('keeps no secret, in no depth, and keeps the names that budgets are kept by', () => {
    const journal = open();
    registerSecret('hunter-of-secrets');
    registerSecret('jewelry-shop-db');
    const stored = journal.append(failed('login with hunter-of-secrets failed', 'jewelry-shop-db'), 1);
    journal.append(
      { type: 'stack-discovered', run: 'r1', context: 'c', stack: { a: [{ b: 'x hunter-of-secrets' }] } },
      2,
    );
    const text = JSON.stringify(journal.events());
    expect(text).not.toContain('hunter-of-secrets');
    expect(stored).toMatchObject({ action: 'jewelry-shop-db', detail: 'login with [redacted] failed' });
    expect(journal.append(paused('jewelry-shop-db'), 3)).toMatchObject({ cluster: 'jewelry-shop-db' });
    journal.close();
  });
});

describe('journal in SQLite', () => {
  it('is there for the next process, in a private folder and file', () => {
    const file = join(temporaryFolder(), 'deep', 'state', 'journal.db');
    const first = SqliteJournal.open(file);
    first.append(closed, 1000);
    const names = readdirSync(join(file, '..'));
    for (const name of names) expect(statSync(join(file, '..', name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    first.close();
    const second = SqliteJournal.open(file);
    expect(second.append(written('w'), 2000).seq).toBe(2);
    expect(second.events()).toHaveLength(2);
    second.close();
  });

  it('syncs each append to the log and is shared by two processes', () => {
    const file = join(temporaryFolder(), 'journal.db');
    const one = SqliteJournal.open(file);
    const two = SqliteJournal.open(file);
    one.append(written('1'), 1);
    two.append(written('2'), 2);
    expect(one.events()).toEqual(two.events());
    const raw = new DatabaseSync(file);
    expect(raw.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    raw.close();
    one.close();
    two.close();
  });

  it('refuses to change or remove an event', () => {
    const file = join(temporaryFolder(), 'journal.db');
    const journal = SqliteJournal.open(file);
    journal.append(closed, 1);
    const raw = new DatabaseSync(file);
    expect(() => raw.exec("UPDATE events SET run = 'x'")).toThrow(/append-only/);
    expect(() => raw.exec('DELETE FROM events')).toThrow(/append-only/);
    raw.close();
    journal.close();
  });

  it('leaves no secret in the bytes of its files', () => {
    const folder = temporaryFolder();
    const journal = SqliteJournal.open(join(folder, 'journal.db'));
    registerSecret('written-nowhere-4711');
    journal.append(failed('password written-nowhere-4711, refused'), 1);
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(bytes.join('')).not.toContain('written-nowhere-4711');
    expect(bytes.join('')).toContain('refused');
    journal.close();
  });

  it('refuses the schema of a newer program', () => {
    const file = join(temporaryFolder(), 'journal.db');
    SqliteJournal.open(file).close();
    const raw = new DatabaseSync(file);
    raw.exec('INSERT INTO migrations (number, applied_at) VALUES (999, 0)');
    raw.close();
    expect(() => SqliteJournal.open(file)).toThrow(JournalUnavailable);
    expect(() => SqliteJournal.open(file)).toThrow(
      /newer Rekindle.*schema is 999.*journal\.db.*Use the newer/,
    );
  });

  it('names a file that is no journal', () => {
    const file = join(temporaryFolder(), 'journal.db');
    writeFileSync(file, 'this is a letter to my aunt\n'.repeat(200));
    expect(() => SqliteJournal.open(file)).toThrow(JournalUnavailable);
    expect(() => SqliteJournal.open(file)).toThrow(/not a database.*Move the file away/);
  });

  it('names a journal whose pages were lost', () => {
    const file = join(temporaryFolder(), 'journal.db');
    const journal = SqliteJournal.open(file);
    for (let i = 0; i < 300; i++) journal.append(failed('x'.repeat(200)), i);
    journal.close();
    truncateSync(file, 12_288);
    expect(() => {
      const again = SqliteJournal.open(file);
      try {
        again.events();
      } finally {
        again.close();
      }
    }).toThrow(/journal cannot be.*malformed.*keep it/);
  });

  it('names a folder that cannot be made', () => {
    const file = join(temporaryFolder(), 'plain-file');
    writeFileSync(file, '');
    expect(() => SqliteJournal.open(join(file, 'sub', 'journal.db'))).toThrow(JournalUnavailable);
    expect(() => SqliteJournal.open(join(file, 'sub', 'journal.db'))).toThrow(/Remove the file/);
  });

  it('names a full disk, and keeps what it had acknowledged', (context) => {
    skipWhen(context, noMounts);
    const script = `
      const journal = SqliteJournal.open(folder + '/journal.db');
      let acknowledged = 0;
      try {
        for (;;) { journal.append({ type: 'write-verified', run: 'r', id: 'x'.repeat(2000), count: 1 }, 1); acknowledged++; }
      } catch (error) {
        console.log(JSON.stringify({ name: error.name, message: error.message, acknowledged, kept: journal.events().length }));
      }`;
    const result = JSON.parse(onOwnDisk('size=400k', script)) as Record<string, unknown>;
    expect(result['name']).toBe('JournalUnavailable');
    expect(result['message']).toMatch(/cannot be written.*full.*Free space/);
    expect(result['acknowledged']).toBeGreaterThan(10);
    expect(result['kept']).toBe(result['acknowledged']);
  });

  it('names a home that is read-only', (context) => {
    skipWhen(context, noMounts);
    const script = `
      try { SqliteJournal.open(folder + '/state/journal.db'); } catch (error) { console.log(error.name, error.message); }`;
    expect(onOwnDisk('ro', script)).toMatch(/^JournalUnavailable.*read-only.*Mount the disk writable/);
  });
});

/** Runs a script with a small file system of its own, mounted where no other process sees it. */
function onOwnDisk(mountOptions: string, script: string): string {
  const folder = temporaryFolder();
  const module = join(import.meta.dirname, '../../src/adapters/stores/sqlite-journal.ts');
  const program = `import { SqliteJournal } from ${JSON.stringify(module)}; const folder = ${JSON.stringify(folder)}; ${script}`;
  const mount = 'mount -t tmpfs -o "$1" none "$2" && exec "$3" --input-type=module -e "$4"';
  const args = ['-m', 'sh', '-c', mount, 'sh', mountOptions, folder, process.execPath, program];
  return execFileSync('unshare', args, { encoding: 'utf8' });
}
