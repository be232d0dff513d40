import { describe, expect, test } from 'vitest';

import type { LedgerEntry } from './entry.ts';
import type { LedgerFile } from './ledger-file.ts';
import type { Outcome } from './outcome.ts';
import { type SendOrder, startWriting } from './write-orders.ts';

function memoryLedger(): LedgerFile & { readonly entries: LedgerEntry[] } {
  const entries: LedgerEntry[] = [];
  const keep = (entry: LedgerEntry) => {
    entries.push(entry);
    return Promise.resolve();
  };
  return { entries, append: keep, appendDurable: keep, close: () => Promise.resolve() };
}

const takeEvery: SendOrder = () => Promise.resolve({ kind: 'acknowledged', id: 1 });

const answerNone: SendOrder = (_ref, _amount, signal) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'unknown', why: 'stopped' }));
  });

const options = (signal: AbortSignal) => ({ writers: 3, pauseMs: 0, prefix: 'p', signal });

describe('the writer', () => {
  test('notes the intent before it sends, never repeats a ref, and stops at the signal', async () => {
    const ledger = memoryLedger();
    const stop = new AbortController();
    const sent: string[] = [];
    const send = (ref: string): Promise<Outcome> => {
      expect(ledger.entries.at(-1)?.kind === 'intent' || ledger.entries.some((e) => e.ref === ref)).toBe(
        true,
      );
      sent.push(ref);
      if (sent.length === 30) stop.abort();
      return Promise.resolve({ kind: 'acknowledged', id: sent.length });
    };
    const counts = await startWriting(send, ledger, options(stop.signal), () => 0).finished;
    expect(new Set(sent).size).toBe(sent.length);
    expect(counts.acknowledged).toBe(sent.length);
    expect(ledger.entries.filter((entry) => entry.kind === 'intent')).toHaveLength(sent.length);
  });

  test('does not count an acknowledgement that is not on disk', async () => {
    const stop = new AbortController();
    const ledger: LedgerFile = {
      ...memoryLedger(),
      appendDurable: () => Promise.reject(new Error('disk full')),
    };
    const writing = startWriting(takeEvery, ledger, { ...options(stop.signal), writers: 1 });
    await expect(writing.finished).rejects.toThrow('disk full');
    expect(writing.counts.acknowledged).toBe(0);
  });

  test('orders in flight at the end are unknown', async () => {
    const ledger = memoryLedger();
    const stop = new AbortController();
    const writing = startWriting(answerNone, ledger, options(stop.signal));
    setImmediate(() => stop.abort());
    expect(await writing.finished).toEqual({ acknowledged: 0, refused: 0, unknown: 3 });
  });
});
