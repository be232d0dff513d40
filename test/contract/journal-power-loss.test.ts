import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { skipWhen } from '../fakes/skip-when.ts';
import { losingDisk, type LosingDisk, noPowerLossHere } from './power-loss/disk.ts';
import { ask, startWriter } from './power-loss/writer.ts';

const module = join(import.meta.dirname, '../../src/adapters/stores/sqlite-journal.ts');
const lacking = noPowerLossHere();

/** Opens the journal as `rekindle up` does, and says each intent after it was acknowledged, one a millisecond. */
const appendIntents = (run: string) => `
  import { SqliteJournal } from ${JSON.stringify(module)};
  const journal = SqliteJournal.open(folder + '/state/journal.db');
  const step = { step: 'restart-pod', target: { kind: 'Pod', namespace: 'shop', name: 'django-1' } };
  let number = 0;
  setInterval(() => {
    const action = ${JSON.stringify(run)} + '-' + ++number;
    journal.append({ type: 'step-intended', run: ${JSON.stringify(run)}, action, step }, Date.now());
    console.log(action);
  }, 1);`;

const readJournal = `
  import { DatabaseSync } from 'node:sqlite';
  import { SqliteJournal } from ${JSON.stringify(module)};
  const file = folder + '/state/journal.db';
  const journal = SqliteJournal.open(file);
  const actions = journal.events().map((event) => event.action);
  journal.close();
  const raw = new DatabaseSync(file);
  const check = raw.prepare('PRAGMA integrity_check').all().map((row) => row.integrity_check);
  console.log(JSON.stringify({ actions, check }));`;

/** Cuts the power while intents are appended; returns those that were acknowledged. */
async function cutWhileAppending(disk: LosingDisk, run: string): Promise<readonly string[]> {
  const writer = startWriter(disk, appendIntents(run));
  await writer.said(20);
  await disk.losePower(writer.process);
  return [...writer.lines];
}

describe('journal and a loss of power between intent and action', () => {
  it('keeps every acknowledged intent, also after a second loss on the journal of the first', async (context) => {
    skipWhen(context, lacking);
    const disk = await losingDisk();
    const first = await cutWhileAppending(disk, 'one');
    const kept = ask(disk, readJournal) as { readonly actions: readonly string[] };
    expect(kept).toEqual({ actions: expect.arrayContaining([...first]) as unknown, check: ['ok'] });
    const second = await cutWhileAppending(disk, 'two');
    // What was there after the first loss was read, so it must never vanish.
    const acknowledged = [...kept.actions, ...second];
    expect(ask(disk, readJournal)).toEqual({
      actions: expect.arrayContaining(acknowledged) as unknown,
      check: ['ok'],
    });
  });

  it('is a real loss: what was not synced is gone, a plain file and rows with synchronous=OFF', async (context) => {
    skipWhen(context, lacking);
    const disk = await losingDisk();
    const writer = startWriter(
      disk,
      `import { openSync, fsyncSync, writeFileSync } from 'node:fs';
       import { DatabaseSync } from 'node:sqlite';
       writeFileSync(folder + '/synced', 'synced');
       fsyncSync(openSync(folder + '/synced', 'r'));
       fsyncSync(openSync(folder, 'r'));
       writeFileSync(folder + '/plain', 'plain');
       const database = new DatabaseSync(folder + '/fast.db');
       database.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; CREATE TABLE events (id INTEGER)');
       database.exec('INSERT INTO events VALUES (1)');
       console.log(database.prepare('SELECT count(*) AS count FROM events').get().count);
       setInterval(() => {}, 1000);`,
    );
    await writer.said(1);
    expect(writer.lines).toEqual(['1']);
    await disk.losePower(writer.process);
    const kept = ask(
      disk,
      `import { existsSync, readFileSync, statSync } from 'node:fs';
       const read = (name) => (existsSync(folder + name) ? readFileSync(folder + name, 'utf8') : '');
       const bytes = (name) => (existsSync(folder + name) ? statSync(folder + name).size : 0);
       console.log(JSON.stringify({
         synced: read('/synced'), plain: read('/plain'), database: bytes('/fast.db') + bytes('/fast.db-wal'),
       }));`,
    );
    expect(kept).toEqual({ synced: 'synced', plain: '', database: 0 });
  });
});
