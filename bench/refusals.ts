// `npm run bench:refusals -- [--only ID,ID] [--allow-dirty]`: what must be refused, and accidents that must be borne, on the
// lab; one row of results/refusals.json per case. Cases that this code has passed are skipped.
import process from 'node:process';
import { parseArgs } from 'node:util';

import { measuredCode, readyLab, say } from './begin.ts';
import { keepCase, readCases } from './refusals/case-store.ts';
import { refusalCases } from './refusals/index.ts';
import { runCase } from './refusals/run-case.ts';
import { writeLog } from './run-store.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, 'allow-dirty': { type: 'boolean', default: false } },
});

/** `--only R1,B8b`: a number without its letter means all of its cases. */
function isWanted(id: string): boolean {
  const names = values.only?.split(',');
  return names === undefined || names.some((name) => id === name || id.replace(/[a-z]$/, '') === name);
}

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const wanted = refusalCases.filter(({ id }) => isWanted(id));
  if (wanted.length === 0)
    throw new Error(`--only takes one of ${refusalCases.map(({ id }) => id).join(', ')}`);
  const lab = await readyLab();
  let failed = 0;
  for (const given of wanted) {
    const before = await readCases();
    const known = before.cases.find(({ id, code, ok }) => id === given.id && code === state.code && ok);
    if (known !== undefined) continue;
    say(`${given.id}: ${given.title}`);
    try {
      const row = await runCase(lab, given, { state, keepLog: writeLog });
      await keepCase(row);
      say(`${given.id}: ${row.ok ? 'as expected' : 'NOT as expected'}; ${JSON.stringify(row.seen)}`);
      if (!row.ok) failed += 1;
    } catch (error) {
      // The others are run all the same; without a row this one is run again the next time.
      say(
        `${given.id}: no result: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      failed += 1;
    }
  }
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
