import process from 'node:process';

import { openLab, type Lab } from '../lab/lab.ts';
import { bundle } from '../scripts/bundle.ts';
import { type CodeState, codeState } from './code-state.ts';
import { PcAgent } from './rig/pc-agent.ts';

/** A line with the time of day (UTC) on standard error. */
export function say(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);
}

/** The code that is about to be measured; undefined, and said, when it differs from its commit and that was not allowed. */
export async function measuredCode(allowDirty: boolean): Promise<CodeState | undefined> {
  const state = await codeState();
  if (!state.dirty || allowDirty) return state;
  say('the code differs from its commit; commit it first, or say --allow-dirty (such rows are never cited)');
  return undefined;
}

/** The lab's PC, with the agent on it as its user installs it. */
export async function readyPc(): Promise<{ readonly lab: Lab; readonly agent: PcAgent }> {
  const lab = await readyLab();
  const agent = new PcAgent(lab);
  await agent.install();
  return { lab, agent };
}

/** The lab with the example on it, and the program as it is now in dist/. */
export async function readyLab(): Promise<Lab> {
  const lab = await openLab({ log: say });
  await lab.up();
  await lab.deployExample();
  await bundle();
  return lab;
}
