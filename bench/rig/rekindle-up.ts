import path from 'node:path';

import { z } from 'zod';

import { type LabProcess, startInLab } from './lab-process.ts';
import type { RigLab } from './rig-lab.ts';

const named = z.union([
  z.string(),
  z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() }),
]);

/** What is used of `rekindle up --json`. */
const upReport = z.looseObject({
  schema: z.string(),
  verdict: z.looseObject({ state: z.string(), proven: z.string(), sentence: z.string() }),
  seconds: z.number(),
  actions: z.array(
    z.looseObject({
      step: z.string(),
      target: named,
      acted: z.string(),
      verified: z.string(),
      did: z.string().optional(),
    }),
  ),
  refusals: z.array(
    z.looseObject({ guard: z.string(), step: z.string(), target: named, reason: z.string() }),
  ),
  tasks: z.array(z.looseObject({ fault: z.string(), target: named, reason: z.string(), byHand: z.string() })),
  findings: z.array(z.looseObject({ fault: z.string() })),
});
export type UpReport = z.infer<typeof upReport>;

export interface UpResult {
  readonly exitCode: number;
  /** Undefined when it ended without one. */
  readonly report: UpReport | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningUp {
  readonly result: () => Promise<UpResult>;
  readonly kill: () => Promise<void>;
}

/** Starts the release's `rekindle up` (`bundle()` makes it) on the example, with a journal that belongs to this lab. */
export function startRekindle(lab: RigLab, extra: readonly string[] = []): RunningUp {
  let stdout = '';
  const args = ['up', '--json', '--context', 'rekindle'];
  const stack = ['--stack', 'examples/jewelry-shop/rekindle.yaml'];
  const child: LabProcess = startInLab(lab, 'dist/rekindle.js', [...args, ...stack, ...extra], {
    onLine: (line) => (stdout += `${line}\n`),
    env: { XDG_STATE_HOME: path.join(lab.stateDir, 'rekindle-state') },
  });
  const result = async () => {
    const exitCode = await child.ended;
    return { exitCode, report: reportOf(stdout), stdout, stderr: child.errors() };
  };
  return { result, kill: () => child.kill() };
}

function reportOf(stdout: string): UpReport | undefined {
  return stdout.trim() === '' ? undefined : upReport.parse(JSON.parse(stdout));
}

/** An action of `up` and a refusal, as rows and reports keep them. */
export const actionRow = z.object({
  step: z.string(),
  target: z.string(),
  acted: z.string().describe('done, failed, unknown, or skipped: left alone right before acting'),
  verified: z.string(),
  did: z.string().optional().describe("what was done, in the step's own words"),
});
export const refusalRow = z.object({
  guard: z.string(),
  step: z.string(),
  target: z.string(),
  reason: z.string(),
});

/** What `up` did and refused; nothing when nobody helped or no report came. */
export function doneAndRefused(up: UpResult | undefined): {
  actions: z.infer<typeof actionRow>[];
  refusals: z.infer<typeof refusalRow>[];
} {
  const { actions = [], refusals = [] } = up?.report ?? {};
  return {
    actions: actions.map(({ step, target, acted, verified, did }) => ({
      step,
      target: targetText(target),
      acted,
      verified,
      did,
    })),
    refusals: refusals.map(({ guard, step, target, reason }) => ({
      guard,
      step,
      target: targetText(target),
      reason,
    })),
  };
}

/** A target as text, whichever form the report gives it in. */
function targetText(target: z.infer<typeof named>): string {
  if (typeof target === 'string') return target;
  return target.namespace === undefined
    ? `${target.kind} ${target.name}`
    : `${target.kind} ${target.namespace}/${target.name}`;
}
