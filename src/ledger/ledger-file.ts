import { type FileHandle, open } from 'node:fs/promises';

import { createDurably } from '../record/durable-file.ts';
import { entryLine, type LedgerEntry, wholeLines } from './entry.ts';

/** An append-only ledger. Both calls reject when the line could not be written: then the order must not count. */
export interface LedgerFile {
  /** Resolves when the line was handed to the kernel: it survives a kill of this process. */
  readonly append: (entry: LedgerEntry) => Promise<void>;
  /** Resolves when the line is on disk: it survives a loss of power. Callers that wait together share one fsync. */
  readonly appendDurable: (entry: LedgerEntry) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly line: string;
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Opens the ledger, or makes it with its folder so that a loss of power leaves both there; the torn last line of a
 * writer that was killed is cut off first.
 */
export async function openLedger(path: string): Promise<LedgerFile> {
  createDurably(path);
  const file = await open(path, 'a+');
  await cutTornLine(file);
  let waiting: Waiting[] = [];
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await writeBatch(file, batch);
    }
    draining = undefined;
  }
  const add = (entry: LedgerEntry, durable: boolean) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ line: entryLine(entry), durable, resolve, reject });
      draining ??= drain();
    });
  return {
    append: (entry) => add(entry, false),
    appendDurable: (entry) => add(entry, true),
    close: async () => {
      await draining;
      await file.close();
    },
  };
}

async function writeBatch(file: FileHandle, batch: readonly Waiting[]): Promise<void> {
  try {
    await file.appendFile(batch.map((item) => item.line).join(''));
    if (batch.some((item) => item.durable)) await file.datasync();
    for (const item of batch) item.resolve();
  } catch (error) {
    for (const item of batch) item.reject(error);
  }
}

async function cutTornLine(file: FileHandle): Promise<void> {
  const text = await file.readFile('utf8');
  const whole = wholeLines(text);
  if (whole < text.length) await file.truncate(Buffer.byteLength(text.slice(0, whole)));
}
