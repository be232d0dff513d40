import path from 'node:path';

import { startInLab } from './lab-process.ts';
import type { RigLab } from './rig-lab.ts';

/** How a command of the release ended. */
export interface CommandEnded {
  readonly exitCode: number;
  /** The document that it printed; undefined when it printed none. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  readonly stderr: string;
}

/** Runs `rekindle ARGS --json` on the example with the lab's journal and this stack file; `env` is added to the lab's. */
export async function runRekindle(
  lab: RigLab,
  stackFile: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandEnded> {
  let stdout = '';
  const common = ['--json', '--context', 'rekindle', '--stack', stackFile];
  const child = startInLab(lab, 'dist/rekindle.js', [...args, ...common], {
    onLine: (line) => (stdout += `${line}\n`),
    env: { ...env, XDG_STATE_HOME: path.join(lab.stateDir, 'rekindle-state') },
  });
  const exitCode = await child.ended;
  const json = stdout.trim() === '' ? undefined : (JSON.parse(stdout) as Readonly<Record<string, unknown>>);
  return { exitCode, json, stderr: child.errors() };
}
