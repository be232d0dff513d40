import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { hardenRow } from './harden/row.ts';
import { persistenceRow } from './pooler/row.ts';
import { writeWhole } from './run-store.ts';

const file = path.join(path.dirname(import.meta.dirname), 'results', 'always-on.json');

/** What every row says of the code that it measured. */
const code = {
  commit: z.string(),
  code: z.string().describe('digest of everything that can change what is measured'),
  dirty: z.boolean().describe('the code differed from its commit; such rows are never cited'),
  startedAt: z.iso.datetime(),
};

const cycleSample = z.strictObject({
  cycle: z.int(),
  kind: z.string().describe('the fault that was injected'),
  isUsable: z.boolean().describe('as the world has it at the end of the cycle, whatever the agent believes'),
  actions: z.int(),
  heapBytes: z.int().describe('used after a garbage collection'),
  rssBytes: z.int(),
  openFiles: z.int(),
  timers: z.int().describe('everything that keeps the process alive, as Node counts it'),
  journalBytes: z.int().describe('the database and its write-ahead log'),
  events: z.int().describe('in the journal'),
});
export type CycleSample = z.infer<typeof cycleSample>;

const cycleRun = z.strictObject({
  ...code,
  seconds: z.number().describe('of the real clock, for all cycles'),
  seed: z.int(),
  cycleMs: z.int().describe('length of a cycle on the clock of the agent'),
  samples: z.array(cycleSample),
});

const count = z.int().min(0);

/** One loss of power on a PC that systemd runs. */
const rebootRun = z.strictObject({
  ...code,
  id: z.string(),
  arm: z
    .enum(['agent', 'rekindle'])
    .describe(
      'agent: nobody did anything, the unit was installed; rekindle: `up` was started with the engine',
    ),
  seed: z.int(),
  seconds: z.number().nullable().describe('from the start of the engine to the second verified write'),
  verified: z.boolean(),
  clock: z.enum(['engine-start', 'help-start']),
  acknowledged: count,
  unknown: count,
  lost: count,
  duplicated: count,
  failuresAfter: count,
  cut: z.enum(['power-loss', 'process-kill', 'none']),
  machine: z.strictObject({ cpus: count, memory: count, kernel: z.string() }),
  load: z.array(z.number()),
  log: z.strictObject({ path: z.string(), sha256: z.string() }),
});
export type RebootRun = z.infer<typeof rebootRun>;

/** One agent that was ended or stopped while it healed, and the one that took its place. */
const killRun = z.strictObject({
  ...code,
  id: z.string(),
  kind: z.enum(['boundary', 'random', 'stopped', 'power-loss']),
  where: z.string().describe('between which records of the journal, or after how long'),
  fault: z.string(),
  wasKilled: z.boolean().describe('false: the recovery had ended before the time of a random kill'),
  seconds: z.number().describe('from the start of the second agent to its verified end'),
  verified: z.boolean().describe('`rekindle verify` after it: two writes, read back'),
  openIntents: count.describe('intents without an outcome in the journal afterwards'),
  actions: z
    .array(z.string())
    .describe('every step that was done or may have been, over both agents, in order'),
  deletedTwice: z.array(z.string()).describe('pods that were deleted twice, by the audit log'),
  log: z.strictObject({ path: z.string(), sha256: z.string() }),
});
export type KillRun = z.infer<typeof killRun>;

/** One cut of the two hours on the lab, and the agent right before it. */
const liveCut = z.strictObject({
  ...code,
  cut: z.int(),
  kind: z
    .enum(['power-loss', 'engine-killed'])
    .describe('engine-killed: the engine and all containers, while the PC and the agent go on'),
  sample: z.strictObject({
    rssBytes: count,
    openFiles: count,
    cpuSeconds: z.number().describe('of the agent since it was started'),
    ageSeconds: z.number().describe('since it was started'),
    journalBytes: count,
    events: count.describe('in its journal'),
    actions: count.describe('of them: steps that were begun'),
    restarts: count.describe('by systemd'),
  }),
  idleActions: count.describe('steps that were begun between the proof after the cut before and this sample'),
  seconds: z.number().nullable().describe("from the cut or the engine's start to the agent's own proof"),
  verified: z.boolean().describe('two writes by another process afterwards'),
});
export type LiveCut = z.infer<typeof liveCut>;

/** A minute of the agent on the lab's PC in which nothing was wrong. */
const idleMinute = z.strictObject({
  ...code,
  seconds: z.number(),
  cpuSeconds: z.number().describe('of the agent in these seconds'),
  rssBytes: count,
  openFiles: count,
  ageSeconds: z.number().describe('since it was started'),
  actions: count.describe('steps that were begun in these seconds'),
  state: z.string().describe("the agent's own word at the end"),
});
export type IdleMinute = z.infer<typeof idleMinute>;

/** Every section of the file with its rows. */
const alwaysOnFile = z.strictObject({
  schema: z.literal('rekindle.dev/v1alpha1/always-on'),
  cycles: z.array(cycleRun).default([]),
  reboots: z.array(rebootRun).default([]),
  kills: z.array(killRun).default([]),
  live: z.array(liveCut).default([]),
  idle: z.array(idleMinute).default([]),
  poolerProfiles: z.array(persistenceRow).default([]),
  harden: z.array(hardenRow).default([]),
});
export type AlwaysOnFile = z.infer<typeof alwaysOnFile>;
type Section = Exclude<keyof AlwaysOnFile, 'schema'>;

/** All rows so far; throws when the file does not fit its schema. */
export async function readAlwaysOn(): Promise<AlwaysOnFile> {
  const text = existsSync(file) ? await readFile(file, 'utf8') : undefined;
  return alwaysOnFile.parse(
    text === undefined ? { schema: 'rekindle.dev/v1alpha1/always-on' } : JSON.parse(text),
  );
}

/** Appends rows and replaces the file in one step: a reader or a kill sees the old one or the new one. */
export async function appendAlwaysOn<Name extends Section>(
  section: Name,
  ...rows: AlwaysOnFile[Name][number][]
): Promise<void> {
  const all = await readAlwaysOn();
  const grown = { ...all, [section]: [...all[section], ...rows] };
  await writeWhole(file, `${JSON.stringify(alwaysOnFile.parse(grown))}\n`);
}
