import { expect, test } from 'vitest';

import type { DatabaseDetails, WrittenSince } from '../manifest.ts';
import { begunBefore, comparable, type CopiedDatabase } from './comparable.ts';
import { parseScan } from './written-since.ts';

const table = (name: string) => ({ table: name, rows: 1, digest: '1/1' });

const quiet: WrittenSince = { from: '0/1', to: '0/2', relations: [], commits: [], running: [] };

function dump(sinceFiles: DatabaseDetails['sinceFiles']): DatabaseDetails {
  return {
    kind: 'database',
    cluster: 'db',
    database: 'shop',
    serverVersion: 150_018,
    systemIdentifier: '1',
    timeline: 1,
    lsn: '0/2',
    pod: 'db-0',
    readFrom: 'primary',
    bytes: 1,
    made: { owner: 'app', encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'c', locale: null },
    extensions: {},
    tables: [table('public.orders'), table('public.goods'), table('public.baskets'), table('public.new')],
    sequences: {},
    largeObjects: { count: 0, digest: '0/0' },
    schemaSha256: '0'.repeat(64),
    ...(sinceFiles && { sinceFiles }),
  };
}

const copy: CopiedDatabase = {
  openInCopy: 0,
  committedOfRunning: 0,
  catalogs: ['5/1259'],
  tables: [
    { table: 'public.orders', isLogged: true, files: ['5/100', '5/101'] },
    { table: 'public.goods', isLogged: true, files: ['5/200'] },
    { table: 'public.baskets', isLogged: false, files: ['5/300'] },
  ],
};

function names(since: DatabaseDetails['sinceFiles'], changes: Partial<CopiedDatabase> = {}) {
  const found = comparable(dump(since), { ...copy, ...changes });
  return 'why' in found ? found.why : found.tables.map((entry) => entry.table);
}

test('what nothing was written to must be the same, and so must a table that the files do not have', () => {
  expect(names(quiet)).toEqual(['public.orders', 'public.goods', 'public.new']);
  expect(comparable(dump(quiet), copy)).toMatchObject({ written: 0, unlogged: 1 });
});

test('a table that was written to, in its rows or out of line, may differ', () => {
  expect(names({ ...quiet, relations: ['5/101', '6/200'] })).toEqual(['public.goods', 'public.new']);
});

test.each<[string, DatabaseDetails['sinceFiles'], Partial<CopiedDatabase>, RegExp]>([
  ['nothing is on record', undefined, {}, /nothing is on record/],
  ['the WAL was gone', { why: 'gone' }, {}, /^gone$/],
  ['a definition was changed', { ...quiet, relations: ['5/1259'] }, {}, /definitions/],
  ['a transaction was open at the end', quiet, { openInCopy: 1 }, /was open/],
  ['one waits for its standby', quiet, { committedOfRunning: 1 }, /about to be committed/],
])('no table must be the same when %s', (_name, since, changes, why) => {
  expect(names(since, changes)).toMatch(why);
});

test('transactions that began before the copy ends are known by their 64 bits, also where 32 wrap around', () => {
  const next = String(2 ** 32 + 1000);
  expect(begunBefore([999, 1000, 1001], next)).toEqual([String(2 ** 32 + 999)]);
  expect(begunBefore([4_294_967_290], next)).toEqual(['4294967290']);
  // Begun right after the copy ends, on the other side of the wrap.
  expect(begunBefore([5], String(2 ** 32 - 10))).toEqual([]);
  expect(begunBefore([740, 800], '750')).toEqual(['740']);
});

test('a scan of WAL that did not reach its end says nothing', () => {
  expect(parseScan('base/5/100\ncommit 742\nended with 0\n')).toEqual({
    relations: ['5/100'],
    commits: [742],
  });
  expect(parseScan('base/5/100\nended with 1\n')).toMatch(/not there any more/);
  expect(parseScan('')).toMatch(/not there any more/);
  expect(parseScan('prepared\nended with 0\n')).toMatch(/prepared/);
});
