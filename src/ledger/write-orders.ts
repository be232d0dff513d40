import { setTimeout as sleep } from 'node:timers/promises';

import type { LedgerFile } from './ledger-file.ts';
import type { Outcome } from './outcome.ts';

export interface WriteOptions {
  /** Customers that order at the same time. */
  readonly writers: number;
  /** Pause of one customer after an acknowledged order, ms; after anything else ten times as long. */
  readonly pauseMs: number;
  /** Start of every ref; must be unique to this run. */
  readonly prefix: string;
  /** Ends the writing: orders in flight become unknown. */
  readonly signal: AbortSignal;
}

/** Sends one order; never rejects: an error is an outcome. */
export type SendOrder = (ref: string, amount: number, signal: AbortSignal) => Promise<Outcome>;

/** Counts so far; only acknowledgements that are on disk are counted. */
export interface Written {
  acknowledged: number;
  refused: number;
  unknown: number;
}

/**
 * Writes orders until the signal. Each order has a ref of its own and is never repeated, so that one that got no
 * answer stays unknown. `finished` rejects only when the ledger itself cannot be written; `counts` can be looked at
 * while it runs.
 */
export function startWriting(
  send: SendOrder,
  ledger: LedgerFile,
  options: WriteOptions,
  now: () => number = Date.now,
): { readonly counts: Readonly<Written>; readonly finished: Promise<Written> } {
  const counts: Written = { acknowledged: 0, refused: 0, unknown: 0 };
  let number = 0;

  async function order(): Promise<Outcome> {
    number += 1;
    const ref = `${options.prefix}-${number}`;
    await ledger.append({ kind: 'intent', ref, at: now() });
    const outcome = await send(ref, 1 + (number % 500), options.signal);
    const entry = { ref, at: now(), ...outcome };
    await (outcome.kind === 'acknowledged' ? ledger.appendDurable(entry) : ledger.append(entry));
    counts[outcome.kind] += 1;
    return outcome;
  }
  async function customer(): Promise<void> {
    while (!options.signal.aborted) {
      const outcome = await order();
      await pause(outcome.kind === 'acknowledged' ? options.pauseMs : options.pauseMs * 10, options.signal);
    }
  }
  const customers = Array.from({ length: options.writers }, () => customer());
  return { counts, finished: Promise.all(customers).then(() => counts) };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
