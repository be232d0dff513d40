// `npm run bench:pooler [-- --n N] [--allow-dirty]`: whether the settings of a pooler outlive
// what happens to it, each way of keeping them, on the lab; rows of results/always-on.json. Can be interrupted and started
// again: what this code has measured is skipped.
import process from 'node:process';
import { parseArgs } from 'node:util';

import { timeStamp } from '../src/domain/time-stamp.ts';
import { measuredCode, readyLab, say } from './begin.ts';
import { appendAlwaysOn, readAlwaysOn } from './always-on-store.ts';
import type { CodeState } from './code-state.ts';
import { nextEvent, type NextEvent, usualRepeats } from './pooler/agenda.ts';
import type { PersistenceRow } from './pooler/row.ts';
import {
  clearProfiles,
  type Kept,
  leftOvers,
  outlive,
  prepareWays,
  wantedSettings,
} from './rig/pooler-persistence.ts';
import type { RigLab } from './rig/rig-lab.ts';
import { waitUntilSettled } from './rig/settled.ts';

/** After this many events in a row that say nothing, something else is wrong. */
const abortedLimit = 3;

const settleSeconds = 300;

const { values } = parseArgs({
  options: { n: { type: 'string' }, 'allow-dirty': { type: 'boolean', default: false } },
});

interface Measurement {
  readonly next: NextEvent;
  readonly lab: RigLab;
  readonly state: CodeState;
  readonly startedAt: Date;
}

function rowOf(kept: Kept, { next: { event }, lab, state, startedAt }: Measurement): PersistenceRow {
  const { way, seconds, right, wrong, evidence } = kept;
  return {
    id: `${way}-${event}-${timeStamp(startedAt.getTime())}`,
    way,
    event,
    kept: seconds !== undefined && wrong.length === 0,
    seconds: seconds ?? null,
    right: [...right],
    wrong: [...wrong],
    evidence,
    settings: wantedSettings,
    ...state,
    backend: lab.backend,
    startedAt: startedAt.toISOString(),
  };
}

/** One event, and its rows. */
async function measure(measurement: Measurement, stackFile: string): Promise<void> {
  const { next, lab } = measurement;
  say(`${next.event}, seen on ${next.setUp.ways.join(' and ')}`);
  const kept = await outlive(lab, next.setUp.ways, next.event, stackFile);
  await appendAlwaysOn('poolerProfiles', ...kept.map((one) => rowOf(one, measurement)));
  for (const { way, seconds, wrong } of kept)
    say(
      `${way}: ${seconds === undefined ? `LOST: ${wrong.join('; ')}` : `kept, after ${seconds.toFixed(1)} s`}`,
    );
}

async function setUpFor(lab: RigLab, { setUp }: NextEvent): Promise<string> {
  await waitUntilSettled(lab, settleSeconds);
  await clearProfiles(lab);
  const left = await leftOvers(lab);
  if (left !== '') throw new Error(`undo has left something: ${left}`);
  return prepareWays(lab, setUp.ways);
}

/** Measures what is owing; a set-up is made anew when another one stood before, or something went wrong in it. */
async function measureAll(lab: RigLab, state: CodeState): Promise<void> {
  const repeats = Number(values.n ?? usualRepeats);
  let prepared: { readonly ways: unknown; readonly stackFile: string } | undefined;
  let aborted = 0;
  for (;;) {
    const next = nextEvent((await readAlwaysOn()).poolerProfiles, state, repeats);
    if (next === undefined) return;
    try {
      if (prepared?.ways !== next.setUp.ways)
        prepared = { ways: next.setUp.ways, stackFile: await setUpFor(lab, next) };
      await measure({ next, lab, state, startedAt: new Date() }, prepared.stackFile);
      aborted = 0;
    } catch (error) {
      say(
        `this event says nothing: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      prepared = undefined;
      aborted += 1;
      if (aborted >= abortedLimit) throw error;
    }
  }
}

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const lab = await readyLab();
  await measureAll(lab, state);
  await clearProfiles(lab);
  const left = await leftOvers(lab);
  say(left === '' ? 'all is measured; undo has left nothing' : `undo has left something: ${left}`);
  return left === '' ? 0 : 1;
}

process.exitCode = await main();
