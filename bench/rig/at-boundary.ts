// Preloaded into the release (`node --import`), never part of it: ends, stops or disturbs the process at one exact place
// between two records of its journal. From outside the place can only be met by chance: what the process does between two
// records may take less than a millisecond. What is to happen where: REKINDLE_BOUNDARY, see boundary.ts.
import { openSync, writeFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { StatementSync } from 'node:sqlite';

import type { Boundary, Deed } from './boundary.ts';

interface Order extends Boundary {
  readonly deed: Deed;
}

const { event, side, nth, step, deed } = JSON.parse(process.env['REKINDLE_BOUNDARY'] ?? '{}') as Order;

/** What is read of an event's body. */
interface Body {
  readonly action?: string;
  readonly acted?: string;
  readonly step?: { readonly step?: string };
}

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
  if (deed.do === 'signal') process.kill(process.pid, deed.signal);
  else if (deed.do === 'fill') fill(deed.file);
  else writeFileSync(deed.file, deed.text);
}

/** Actions of the step that is meant; of every step where none is named. */
const actions = new Set<string>();
let seen = 0;

/** Whether this is the event that is meant. The outcome of an earlier run's action, closed by this run, is no step of it. */
function isMeant(type: unknown, text: unknown): boolean {
  const body = JSON.parse(String(text)) as Body;
  if (type === 'step-intended' && (step === undefined || body.step?.step === step))
    actions.add(body.action ?? '');
  if (type !== event || body.acted === 'unknown') return false;
  if (step !== undefined && !actions.has(body.action ?? '')) return false;
  seen += 1;
  return seen === nth;
}

type Run = (this: StatementSync, ...values: readonly unknown[]) => unknown;
const statements = StatementSync.prototype as unknown as { run: Run };
const { run } = statements;

statements.run = function runAtBoundary(...values) {
  const [, , type, text] = values;
  const isHere = this.sourceSQL.startsWith('INSERT INTO events') && isMeant(type, text);
  if (isHere && side === 'before') act();
  const result = run.apply(this, [...values]);
  if (isHere && side === 'after') act();
  return result;
};
