import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type LedgerEntry, parseLedger } from './entry.ts';
import { openLedger } from './ledger-file.ts';

const entry = (ref: string): LedgerEntry => ({ kind: 'acknowledged', ref, id: 1, at: 2 });

describe('the ledger file', () => {
  let folder = '';
  const file = () => path.join(folder, 'ledger.jsonl');
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ledger-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('keeps entries of callers that write at the same time, in the order of the calls', async () => {
    const ledger = await openLedger(file());
    const wanted = Array.from({ length: 50 }, (_, index) => entry(`r${index}`));
    await Promise.all(
      wanted.map((item, index) => (index % 2 === 0 ? ledger.append(item) : ledger.appendDurable(item))),
    );
    await ledger.close();
    expect(parseLedger(await readFile(file(), 'utf8'))).toEqual(wanted);
  });

  test('goes on behind the last whole line after a kill in mid-write', async () => {
    const first = await openLedger(file());
    await first.appendDurable(entry('ä'));
    await first.close();
    await appendFile(file(), '{"kind":"acknow');
    expect(parseLedger(await readFile(file(), 'utf8'))).toEqual([entry('ä')]);
    const second = await openLedger(file());
    await second.appendDurable(entry('b'));
    await second.close();
    expect(parseLedger(await readFile(file(), 'utf8'))).toEqual([entry('ä'), entry('b')]);
  });

  test('a whole line that is not an entry is an error with its number', () => {
    expect(() => parseLedger('{"kind":"intent","ref":"a","at":1}\n{"kind":"gone"}\n')).toThrow(/line 2/u);
  });

  test('an entry that cannot be written rejects', async () => {
    const ledger = await openLedger(file());
    await ledger.close();
    await expect(ledger.appendDurable(entry('late'))).rejects.toThrow('closed');
  });
});
