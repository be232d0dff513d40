// `npm run bench:backup [-- --sizes 0.1,1,3] [--n N] [--allow-dirty]`: a database of each size, dumped and restored by hand and by
// `rekindle backup create`, one right after the other and in turns the other way round; one row of results/way-out.json per pair. Can be
// interrupted and started again.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { z } from 'zod';

import type { Lab } from '../lab/lab.ts';
import { databasePods, primaryPod } from '../src/drills/database.ts';
import { databaseBytes, dropDatabase, fillDatabase, untilReplayed } from './backup/fill.ts';
import { plainDump, plainRestore } from './backup/plain.ts';
import type { BackupSpeedRow } from './backup/row.ts';
import { measuredCode, readyLab, say } from './begin.ts';
import type { CodeState } from './code-state.ts';
import { giveRights } from './rig/give-rights.ts';
import { runRekindle } from './rig/rekindle-command.ts';
import { waitUntilSettled } from './rig/settled.ts';
import { appendWayOut, readWayOut } from './way-out-store.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '0.1,1,3' },
    n: { type: 'string', default: '3' },
    'allow-dirty': { type: 'boolean', default: false },
  },
});

const stackFile = 'examples/jewelry-shop/rekindle.yaml';
const database = 'bench';

/** What of `backup create --json` is measured here. */
const created = z.object({
  backup: z.object({
    parts: z.array(
      z.object({ storedBytes: z.int(), of: z.object({ kind: z.string(), database: z.string().optional() }) }),
    ),
  }),
  proof: z.object({ verdict: z.string() }),
  databases: z.array(
    z.object({
      database: z.string(),
      dumpSeconds: z.number(),
      restoreSeconds: z.number(),
      verifySeconds: z.number(),
    }),
  ),
});

async function byRekindle(lab: Lab, folder: string): Promise<BackupSpeedRow['rekindle']> {
  const place = ['--at', path.join(folder, 'backups'), '--key', path.join(folder, 'backup.key')];
  const start = process.hrtime.bigint();
  const { exitCode, json, stderr } = await runRekindle(lab, stackFile, ['backup', 'create', ...place]);
  const wholeSeconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (json === undefined) throw new Error(`backup create ended with ${exitCode}: ${stderr}`);
  const { backup, proof, databases } = created.parse(json);
  const times = databases.find((entry) => entry.database === database);
  const part = backup.parts.find(({ of }) => of.kind === 'database' && of.database === database);
  if (times === undefined || part === undefined) throw new Error(`the backup has no database ${database}`);
  const { dumpSeconds, restoreSeconds, verifySeconds } = times;
  return {
    dumpSeconds,
    restoreSeconds,
    verifySeconds,
    wholeSeconds,
    storedBytes: part.storedBytes,
    proven: proof.verdict === 'proven',
  };
}

async function byHand(lab: Lab, from: string, folder: string): Promise<BackupSpeedRow['plain']> {
  const file = path.join(folder, 'plain.dump');
  const dumpSeconds = await plainDump(lab, from, database, file);
  const { size: dumpBytes } = await stat(file);
  const restoreSeconds = await plainRestore(lab, from, file);
  return { dumpSeconds, restoreSeconds, dumpBytes };
}

async function pair(
  lab: Lab,
  from: string,
  first: BackupSpeedRow['first'],
): Promise<Pick<BackupSpeedRow, 'plain' | 'rekindle'>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'rekindle-backup-speed-'));
  try {
    if (first === 'plain') {
      const plain = await byHand(lab, from, folder);
      return { plain, rekindle: await byRekindle(lab, folder) };
    }
    const rekindle = await byRekindle(lab, folder);
    return { rekindle, plain: await byHand(lab, from, folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How many pairs of a size this code has. */
async function done({ code, dirty }: CodeState, gigabytes: number): Promise<number> {
  const { backupSpeed } = await readWayOut();
  return backupSpeed.filter((row) => row.gigabytes === gigabytes && row.code === code && row.dirty === dirty)
    .length;
}

async function measure(
  lab: Lab,
  gigabytes: number,
  repetition: number,
  state: CodeState,
): Promise<BackupSpeedRow> {
  const primary = await primaryPod(lab);
  // The same server for both: the one that Rekindle reads from is a standby, and which one is no matter.
  const from = (await databasePods(lab)).find((pod) => pod !== primary) ?? primary;
  const first = repetition % 2 === 1 ? 'plain' : 'rekindle';
  const startedAt = new Date().toISOString();
  const load = os.loadavg();
  const found = await pair(lab, from, first);
  return {
    ...state,
    startedAt,
    gigabytes,
    repetition,
    first,
    databaseBytes: await databaseBytes(lab, primary, database),
    ...found,
    machine: { cpus: os.cpus().length, load },
  };
}

const ratio = (one: number, other: number): string =>
  `${one.toFixed(1)} s / ${other.toFixed(1)} s = ${(one / other).toFixed(2)}`;

function rowText({ plain, rekindle }: BackupSpeedRow): string {
  return [
    `dump ${ratio(rekindle.dumpSeconds, plain.dumpSeconds)}`,
    `restore ${ratio(rekindle.restoreSeconds, plain.restoreSeconds)}`,
    `compare ${rekindle.verifySeconds.toFixed(1)} s`,
    `whole ${ratio(rekindle.wholeSeconds, plain.dumpSeconds + plain.restoreSeconds)}`,
    rekindle.proven ? 'proven' : 'NOT PROVEN',
  ].join('; ');
}

/** All pairs of one size that are still to be had. */
async function measureSize(lab: Lab, gigabytes: number, state: CodeState): Promise<void> {
  const before = await done(state, gigabytes);
  if (before >= Number(values.n)) return;
  const primary = await primaryPod(lab);
  try {
    await fillDatabase(lab, primary, { name: database, bytes: gigabytes * 1e9, say });
    await untilReplayed(lab, primary);
    for (let repetition = before + 1; repetition <= Number(values.n); repetition += 1) {
      say(`${gigabytes} GB, repetition ${repetition}`);
      const row = await measure(lab, gigabytes, repetition, state);
      await appendWayOut('backupSpeed', [row]);
      say(rowText(row));
    }
  } finally {
    await dropDatabase(lab, primary, database);
  }
}

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const lab = await readyLab();
  await giveRights(lab, 'rekindle-backup');
  await waitUntilSettled(lab, 150);
  for (const gigabytes of values.sizes.split(',').map(Number)) await measureSize(lab, gigabytes, state);
  return 0;
}

process.exitCode = await main();
