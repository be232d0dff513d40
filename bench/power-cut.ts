// `npm run bench -- [--only FAULT] [--n N] [--arm ARM] [--allow-dirty]`: measures recoveries on the lab, one row of
// results/power-cut.json per run. Can be interrupted and started again: what this code has measured is skipped.
import process from 'node:process';
import { parseArgs } from 'node:util';

import { openLab } from '../lab/lab.ts';
import { measuredCode, say } from './begin.ts';
import { nextRun, standardAgenda, usualLimitSeconds, type Wanted } from './agenda.ts';
import type { CodeState } from './code-state.ts';
import type { RigLab } from './rig/rig-lab.ts';
import { rowText, runOnce } from './run-once.ts';
import { readRuns, writeLog, writeRuns } from './run-store.ts';

/** After this many runs in a row that say nothing, something else is wrong. */
const abortedLimit = 3;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    n: { type: 'string' },
    arm: { type: 'string' },
    'allow-dirty': { type: 'boolean', default: false },
  },
});

function agenda(): readonly Wanted[] {
  const only = standardAgenda.filter(({ fault }) => values.only === undefined || fault === values.only);
  if (only.length === 0)
    throw new Error(`--only takes one of ${standardAgenda.map(({ fault }) => fault).join(', ')}`);
  return only.map(({ fault, arms, limitSeconds = usualLimitSeconds }) => ({
    fault,
    limitSeconds,
    arms: arms
      .filter(({ arm }) => values.arm === undefined || arm === values.arm)
      .map(({ arm, n }) => ({ arm, n: Number(values.n ?? n) })),
  }));
}

async function bringUp(lab: RigLab & { up: () => Promise<void>; deployExample: () => Promise<void> }) {
  await lab.up();
  await lab.deployExample();
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}

async function keepAborted(
  next: { fault: string; arm: string },
  state: CodeState,
  why: string,
): Promise<void> {
  const runs = await readRuns();
  const aborted = { ...next, startedAt: new Date().toISOString(), commit: state.commit, why };
  await writeRuns({ ...runs, aborted: [...runs.aborted, aborted] });
}

async function main(): Promise<number> {
  const wanted = agenda();
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const lab = await openLab({ log: say });
  await bringUp(lab);
  let aborted = 0;
  for (;;) {
    const runs = await readRuns();
    const next = nextRun(runs.runs, wanted, state);
    if (next === undefined) return 0;
    say(`run ${runs.runs.length + 1}: ${next.fault}, ${next.arm}, seed ${next.seed}`);
    try {
      const row = await runOnce(lab, next, { state, tell: say, keepLog: writeLog });
      await writeRuns({ ...runs, runs: [...runs.runs, row] });
      say(rowText(row));
      aborted = 0;
    } catch (error) {
      const why = reasonOf(error);
      say(`this run says nothing: ${why}`);
      await keepAborted({ fault: next.fault, arm: next.arm }, state, why);
      aborted += 1;
      if (aborted >= abortedLimit) throw error;
      await bringUp(lab);
    }
  }
}

process.exitCode = await main();
