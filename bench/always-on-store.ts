import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

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

/** Every section of the file with its rows. */
const alwaysOnFile = z.strictObject({
  schema: z.literal('rekindle.dev/v1alpha1/always-on'),
  cycles: z.array(cycleRun).default([]),
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

/** Appends one row and replaces the file in one step. */
export async function appendAlwaysOn<Name extends Section>(
  section: Name,
  row: AlwaysOnFile[Name][number],
): Promise<void> {
  const all = await readAlwaysOn();
  const grown = { ...all, [section]: [...all[section], row] };
  await writeWhole(file, `${JSON.stringify(alwaysOnFile.parse(grown))}\n`);
}
