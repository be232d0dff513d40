// `npm run demo [-- --json]`: a shop on a real cluster loses its power while customers order, `rekindle up` brings it
// back, and every acknowledged order is looked for. With --json the report is the only thing on standard output.
import process from 'node:process';
import { parseArgs } from 'node:util';

import { runRecovery } from '../bench/rig/recovery.ts';
import { stages } from '../bench/rig/stages.ts';
import { openLab } from '../lab/lab.ts';
import { plainCut } from '../src/drills/plain-cut.ts';
import { isGood, reportOf, reportText } from './demo-report.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<number> {
  const { tell, done } = stages(say);
  const lab = await openLab({ log: (line) => say(`          lab: ${line}`) });
  tell('lab: engine, cluster and operator (first time about 14 minutes, later about 1)');
  await lab.up();
  tell('example stack: database, pooler, cache, shop, front door');
  await lab.deployExample();
  const recovery = await runRecovery(lab, {
    drill: plainCut,
    arm: 'rekindle',
    seed: Date.now() % 100_000,
    orders: 500,
    limitSeconds: 240,
    tell,
  });
  done();
  const report = reportOf(recovery, lab.backend);
  process.stdout.write(
    options.json ? `${JSON.stringify(report, undefined, 2)}\n` : `\n${reportText(report)}`,
  );
  return isGood(report) ? 0 : 1;
}

process.exitCode = await main();
