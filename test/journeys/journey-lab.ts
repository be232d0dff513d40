import process from 'node:process';

import { type Recovery, type RecoveryOptions, runRecovery } from '../../bench/rig/recovery.ts';
import { stages } from '../../bench/rig/stages.ts';
import { type Lab, openLab } from '../../lab/lab.ts';
import { bundle } from '../../scripts/bundle.ts';
import { drillNamed } from '../../src/drills/index.ts';

/** Says what the journey sees; vitest shows it only when it goes straight to the terminal. */
export function say(line: string): void {
  process.stderr.write(`    ${line}\n`);
}

/** The checkout's lab with the example on it, brought up when it is not there, and the program as it is now. */
export async function journeyLab(): Promise<Lab> {
  const lab = await openLab({ log: say });
  await lab.up();
  await lab.deployExample();
  await bundle();
  return lab;
}

/** Breaks the stack by that drill, lets `rekindle up` heal it, and prints what came of it. */
export async function healed(
  lab: Lab,
  drill: string,
  change: Partial<RecoveryOptions> = {},
): Promise<Recovery> {
  const { tell, done } = stages(say);
  const usual = { arm: 'rekindle', seed: 1, orders: 500, limitSeconds: 240, tell } as const;
  const recovery = await runRecovery(lab, { drill: drillNamed(drill), ...usual, ...change });
  done();
  const { ledger, up, seconds } = recovery;
  say(
    `${drill}: recovered in ${seconds?.toFixed(1) ?? 'no'} s; ${up?.report?.verdict.sentence ?? up?.stderr}`,
  );
  say(`${ledger.acknowledged} orders acknowledged, ${ledger.lost.length} lost, ${ledger.unknown} unknown`);
  for (const { step, acted, verified } of up?.report?.actions ?? [])
    say(`action ${step}: ${acted}, ${verified}`);
  return recovery;
}
