import { z } from 'zod';

import { actionRow, refusalRow } from './rig/rekindle-up.ts';

const count = z.number().int().min(0);

/** One run of the bench, as it is kept for good. */
export const runRow = z
  .object({
    id: z.string().describe('fault, arm and start; names the row in `npm run results -- replay`'),
    tool: z.string().describe('who helped, with its version; "nobody" when nobody did'),
    fault: z.string().describe('id of the drill in src/drills'),
    arm: z.enum(['rekindle', 'nobody']),
    seconds: z
      .number()
      .nullable()
      .describe('from the start of the clock to the second verified write; null when there was none in time'),
    clock: z
      .enum(['engine-start', 'help-start'])
      .describe('engine-start: the engine process was started; help-start: nothing was booted, help began'),
    verified: z
      .boolean()
      .describe(
        'two writes through the front door, read back, at least 1 s apart, in time, and the fault is gone',
      ),
    proof: z.string().describe('how it was seen that the fault was there'),
    gone: z
      .string()
      .optional()
      .describe('how it was seen that the fault itself is gone, where writes cannot say'),
    followed: z
      .array(z.string())
      .optional()
      .describe('faults for which a person did what `up` had printed, before `up` ran once more'),
    limitSeconds: z
      .number()
      .optional()
      .describe('a recovery that takes longer is none; 240 where a row does not say'),
    acknowledged: count.describe('orders acknowledged before or at the fault'),
    unknown: count.describe('orders without an answer: neither lost nor kept'),
    lost: count.describe('acknowledged orders that were not there afterwards'),
    duplicated: count,
    failuresAfter: count.describe('failed probe writes in the 10 s after the recovery was counted'),
    actions: z.array(actionRow),
    refusals: z.array(refusalRow),
    exitCode: z.number().int().nullable().describe('of `rekindle up`; null when nobody helped'),
    cut: z.enum(['power-loss', 'process-kill', 'none']),
    commit: z.string(),
    code: z
      .string()
      .describe('digest of the tracked files that can change the result; one table row is one code'),
    dirty: z.boolean().describe('files of that digest differed from the commit; such rows are never cited'),
    machine: z.object({
      cpus: count,
      memory: count.describe('bytes'),
      kernel: z.string(),
      backend: z.string(),
    }),
    load: z.array(z.number()).describe('load averages over 1, 5 and 15 minutes at the start'),
    startedAt: z.iso.datetime(),
    seed: z.number().int(),
    log: z.object({ path: z.string(), sha256: z.string() }),
  })
  .strict();
export type RunRow = z.infer<typeof runRow>;

/** A run that could not be judged: the stack was not ready, or the fault could not be proven. */
const abortedRun = z
  .object({
    fault: z.string(),
    arm: z.string(),
    startedAt: z.iso.datetime(),
    commit: z.string(),
    why: z.string(),
  })
  .strict();

export const runFile = z
  .object({
    schema: z.literal('rekindle.dev/v1alpha1/power-cut-runs'),
    runs: z.array(runRow),
    aborted: z.array(abortedRun),
  })
  .strict();
export type RunFile = z.infer<typeof runFile>;

export const emptyRunFile: RunFile = {
  schema: 'rekindle.dev/v1alpha1/power-cut-runs',
  runs: [],
  aborted: [],
};

/** The JSON schema of the file of runs, as text. */
export function runFileSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(runFile), undefined, 2)}\n`;
}
