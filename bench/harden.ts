// `npm run bench:harden -- [--n N] [--allow-dirty]`: cuts with nobody helping, with the example as it is written and hardened;
// one row of results/always-on.json per cut. Can be interrupted and started again: what this code has measured is skipped.
import process from 'node:process';
import { parseArgs } from 'node:util';

import { measuredCode, readyLab, say } from './begin.ts';
import { appendAlwaysOn, readAlwaysOn } from './always-on-store.ts';
import { hardenSummary, nextHardenRun } from './harden/agenda.ts';
import { runHardenCut } from './harden/run.ts';
import { allowHardening } from './rig/rekindle-harden.ts';
import { writeLog } from './run-store.ts';

/** After this many runs in a row that say nothing, something else is wrong. */
const abortedLimit = 3;

const { values } = parseArgs({
  options: { n: { type: 'string', default: '10' }, 'allow-dirty': { type: 'boolean', default: false } },
});

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const lab = await readyLab();
  await allowHardening(lab);
  let aborted = 0;
  for (;;) {
    const { harden: rows } = await readAlwaysOn();
    const next = nextHardenRun(rows, Number(values.n), state);
    if (next === undefined) {
      process.stdout.write(`${hardenSummary(rows.filter(({ code }) => code === state.code))}\n`);
      return 0;
    }
    say(`run ${rows.length + 1}: ${next.arm}, seed ${next.seed}`);
    try {
      const row = await runHardenCut(lab, next, { state, tell: say, keepLog: writeLog });
      await appendAlwaysOn('harden', row);
      say(
        `${row.seconds?.toFixed(1) ?? 'no recovery'} s, ${row.restarts} restarts, ${row.backOffSeconds.toFixed(1)} s in back-off`,
      );
      aborted = 0;
    } catch (error) {
      say(
        `this run says nothing: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      aborted += 1;
      if (aborted >= abortedLimit) throw error;
      await lab.up();
      await lab.deployExample();
    }
  }
}

process.exitCode = await main();
