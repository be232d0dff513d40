// Preloaded into the release (`node --import`), never part of it: ends, stops or disturbs the process at one exact place
// between two records of its journal. From outside the place can only be met by chance: what the process does between two
// records may take less than a millisecond. What is to happen where: REKINDLE_BOUNDARY, see boundary.ts.
import { openSync, writeSync } from 'node:fs';
import process from 'node:process';
import { StatementSync } from 'node:sqlite';

import type { Boundary, Deed } from './boundary.ts';

const { event, side, nth, deed } = JSON.parse(process.env['REKINDLE_BOUNDARY'] ?? '{}') as Boundary & {
  readonly deed: Deed;
};
let seen = 0;

/** Takes the last free page of a disk. */
function fill(file: string): void {
  const handle = openSync(file, 'a');
  const page = Buffer.alloc(4096, 'x');
  try {
    for (;;) writeSync(handle, page);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function act(): void {
  if (deed.do === 'fill') fill(deed.file);
  else process.kill(process.pid, deed.signal);
}

type Run = (this: StatementSync, ...values: readonly unknown[]) => unknown;
const statements = StatementSync.prototype as unknown as { run: Run };
const { run } = statements;

/** The outcome of an earlier run's action, closed by the next run, is no step of this one. */
function isMeant(type: unknown, body: unknown): boolean {
  if (type !== event || String(body).includes('"acted":"unknown"')) return false;
  seen += 1;
  return seen === nth;
}

statements.run = function runAtBoundary(...values) {
  const [, , type, body] = values;
  const isHere = this.sourceSQL.startsWith('INSERT INTO events') && isMeant(type, body);
  if (isHere && side === 'before') act();
  const result = run.apply(this, [...values]);
  if (isHere && side === 'after') act();
  return result;
};
