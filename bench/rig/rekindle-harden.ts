import path from 'node:path';

import { z } from 'zod';

import { startInLab } from './lab-process.ts';
import type { RigLab } from './rig-lab.ts';

/** What is used of `rekindle harden --json`. */
const hardenReport = z.looseObject({
  measures: z.array(z.looseObject({ id: z.string(), state: z.string() })).default([]),
  results: z
    .array(
      z.looseObject({
        measures: z.array(z.string()),
        target: z.string(),
        outcome: z.string(),
        detail: z.string(),
        seconds: z.number(),
      }),
    )
    .default([]),
});
export type HardenReport = z.infer<typeof hardenReport>;

export interface HardenResult {
  readonly exitCode: number;
  /** Undefined when it ended without one. */
  readonly report: HardenReport | undefined;
  readonly stderr: string;
}

/** Runs the release's `rekindle harden` on the example, with the journal that `up` writes in this lab. */
export async function runHarden(lab: RigLab, args: readonly string[] = []): Promise<HardenResult> {
  let stdout = '';
  const stack = ['--context', 'rekindle', '--stack', 'examples/jewelry-shop/rekindle.yaml'];
  const child = startInLab(lab, 'dist/rekindle.js', ['harden', '--json', ...stack, ...args], {
    onLine: (line) => (stdout += `${line}\n`),
    env: { XDG_STATE_HOME: path.join(lab.stateDir, 'rekindle-state') },
  });
  const exitCode = await child.ended;
  const report = stdout.trim() === '' ? undefined : hardenReport.parse(JSON.parse(stdout));
  return { exitCode, report, stderr: child.errors() };
}

const role = path.join(import.meta.dirname, '../../deploy/rbac/rekindle-harden.yaml');

/** Gives the lab's user `rekindle` what hardening needs besides what `up` needs. */
export async function allowHardening(lab: RigLab): Promise<void> {
  await lab.kubectl(['apply', '-f', role]);
}
