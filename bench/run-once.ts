import os from 'node:os';

import packageFile from '../package.json' with { type: 'json' };
import { timeStamp } from '../src/domain/time-stamp.ts';
import { drillNamed } from '../src/drills/index.ts';
import type { CodeState } from './code-state.ts';
import type { NextRun } from './agenda.ts';
import { type Recovery, runRecovery } from './rig/recovery.ts';
import { doneAndRefused } from './rig/rekindle-up.ts';
import type { Tell } from './rig/stages.ts';
import type { RigLab } from './rig/rig-lab.ts';
import type { RunRow } from './run-row.ts';

/** Acknowledged orders that every run has before the fault. */
const orders = 500;

export interface RunSurroundings {
  readonly state: CodeState;
  readonly tell: Tell;
  /** Keeps the raw log under that name; says where, and its digest. */
  readonly keepLog: (name: string, text: string) => Promise<RunRow['log']>;
}

/** Runs it once and keeps its raw log. Throws when the run says nothing (see `runRecovery`). */
export async function runOnce(
  lab: RigLab,
  { fault, arm, seed, limitSeconds }: NextRun,
  { state, tell, keepLog }: RunSurroundings,
): Promise<RunRow> {
  const startedAt = new Date();
  const load = os.loadavg();
  const drill = drillNamed(fault);
  const recovery = await runRecovery(lab, { drill, arm, seed, orders, limitSeconds, tell });
  const id = `${fault}-${arm}-${timeStamp(startedAt.getTime())}`;
  return {
    id,
    tool: arm === 'rekindle' ? `rekindle ${packageFile.version}` : 'nobody',
    fault,
    arm,
    ...measured(recovery),
    limitSeconds,
    ...doneAndRefused(recovery.up),
    exitCode: recovery.up?.exitCode ?? null,
    ...state,
    machine: machine(lab),
    load,
    startedAt: startedAt.toISOString(),
    seed,
    log: await keepLog(id, recovery.raw),
  };
}

/** What was measured of a recovery, as rows keep it. */
export function measured(recovery: Recovery) {
  const { seconds, clock, proof, ledger, failuresAfter, injection, gone, followed } = recovery;
  return {
    seconds: seconds ?? null,
    clock,
    verified: seconds !== undefined && gone?.proven !== false,
    proof: proof.evidence,
    ...(gone !== undefined && { gone: gone.evidence }),
    ...(followed.length > 0 && { followed: [...followed] }),
    acknowledged: ledger.acknowledged,
    unknown: ledger.unknown,
    lost: ledger.lost.length,
    duplicated: ledger.duplicated.length,
    failuresAfter,
    cut: injection.cut,
  };
}

/** The machine that it was measured on. */
export function machine(lab: RigLab): RunRow['machine'] {
  return { cpus: os.cpus().length, memory: os.totalmem(), kernel: os.release(), backend: lab.backend };
}

/** One line about a run, for people. */
export function rowText(row: RunRow): string {
  const time = row.seconds === null ? 'no recovery' : `${row.seconds.toFixed(1)} s`;
  const ledger = `${row.acknowledged} acknowledged, ${row.lost} lost, ${row.unknown} unknown`;
  const acted = row.actions.filter((action) => action.acted !== 'skipped').length;
  return `${row.fault} ${row.arm}: ${time}; ${ledger}; ${acted} actions`;
}
