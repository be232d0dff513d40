// `npm run bench:from-nothing -- [--n N] [--allow-dirty]`: a backup is made while orders are written, the cluster is deleted, and made anew
// from the backup alone; one row of results/way-out.json each time. Can be interrupted and started again: what this code has
// measured is skipped, and a lab that was left without its cluster is made anew.
import { mkdtemp, rm } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import type { Lab } from '../lab/lab.ts';
import { timeStamp } from '../src/domain/time-stamp.ts';
import { measuredCode, readyLab, say } from './begin.ts';
import type { CodeState } from './code-state.ts';
import type { FromNothingRow } from './from-nothing/row.ts';
import { ledgerText, openSite, type LedgerSite } from './rig/ledger-processes.ts';
import { mendLab, rebuildLab, type RebuiltLab } from './rig/rebuilt-lab.ts';
import { waitUntilSettled } from './rig/settled.ts';
import { writeLog } from './run-store.ts';
import { appendWayOut, readWayOut } from './way-out-store.ts';

const { values } = parseArgs({
  options: { n: { type: 'string', default: '5' }, 'allow-dirty': { type: 'boolean', default: false } },
});

/** A stack gets so long to settle before a run, s. */
const settleSeconds = 240;

async function rowOf(
  lab: Lab,
  site: LedgerSite,
  {
    made,
    state,
    startedAt,
    load,
  }: {
    readonly made: RebuiltLab;
    readonly state: CodeState;
    readonly startedAt: Date;
    readonly load: number[];
  },
): Promise<FromNothingRow> {
  const { backup, restored, orders, backupSeconds, lsn, takenAt } = made;
  const id = `from-nothing-${timeStamp(startedAt.getTime())}`;
  const raw = `${JSON.stringify(made, undefined, 1)}\n== ledger\n${await ledgerText(site)}`;
  return {
    id,
    seconds: restored.seconds,
    steps: restored.steps.map((step) => ({ id: step.id, seconds: step.seconds })),
    verdict: restored.verdict.state,
    backupSeconds,
    backupBytes: backup.backup.parts.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    proven: backup.proof.verdict === 'proven',
    lsn,
    takenAt,
    ...orders,
    ...state,
    machine: { cpus: os.cpus().length, memory: os.totalmem(), kernel: os.release(), backend: lab.backend },
    load,
    startedAt: startedAt.toISOString(),
    log: await writeLog(id, raw),
  };
}

async function measure(lab: Lab, state: CodeState): Promise<FromNothingRow> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-from-nothing-'));
  try {
    await waitUntilSettled(lab, settleSeconds);
    const startedAt = new Date();
    const load = os.loadavg();
    const site = await openSite(lab, folder, `from-nothing-${startedAt.getTime()}`);
    const made = await rebuildLab(lab, site, { folder, tell: (text) => say(text), withImages: false });
    return await rowOf(lab, site, { made, state, startedAt, load });
  } catch (error) {
    await mendLab(lab, (text) => say(text));
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const lab = await readyLab();
  for (;;) {
    const { fromNothing: rows } = await readWayOut();
    const own = rows.filter(({ code, dirty }) => code === state.code && dirty === state.dirty);
    if (own.length >= Number(values.n)) {
      const lost = own.reduce((sum, row) => sum + row.lostBefore, 0);
      const seconds = own.map((row) => row.seconds.toFixed(0)).join(', ');
      process.stdout.write(
        `${own.length} times from nothing in ${seconds} s; ${lost} orders lost up to the LSN\n`,
      );
      return lost === 0 && own.every((row) => row.verdict === 'healthy' && row.proven) ? 0 : 1;
    }
    say(`run ${own.length + 1} of ${values.n}`);
    const row = await measure(lab, state);
    await appendWayOut('fromNothing', [row]);
    say(
      `${row.seconds.toFixed(0)} s, ${row.verdict}; ${row.lostBefore} of ${row.acknowledgedBefore} orders lost up to ${row.lsn}`,
    );
  }
}

process.exitCode = await main();
