// `npm run bench:reboots [-- --n N] [--allow-dirty]`: loses the power of a PC on which the agent is installed as a service,
// and of the same PC on which a person starts `up` at once, in turns; one row of results/always-on.json per run. Can be
// interrupted and started again.
import os from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { timeStamp } from '../src/domain/time-stamp.ts';
import { plainCut } from '../src/drills/plain-cut.ts';
import { measuredCode, readyPc, say } from './begin.ts';
import { appendAlwaysOn, readAlwaysOn, type RebootRun } from './always-on-store.ts';
import type { CodeState } from './code-state.ts';
import type { PcAgent, PcLab } from './rig/pc-agent.ts';
import { runRecovery } from './rig/recovery.ts';
import { machine, measured } from './run-once.ts';
import { writeLog } from './run-store.ts';

const { values } = parseArgs({
  options: { n: { type: 'string', default: '20' }, 'allow-dirty': { type: 'boolean', default: false } },
});

/** Acknowledged orders that every run has before the cut. */
const orders = 500;
const limitSeconds = 240;
const arms = ['agent', 'rekindle'] as const;

/** The arm that is behind, and its next seed; undefined when both are done. */
async function next({ code, dirty }: CodeState, n: number) {
  const { reboots } = await readAlwaysOn();
  const counts = arms.map((arm) => ({
    arm,
    done: reboots.filter((row) => row.arm === arm && row.code === code && row.dirty === dirty).length,
  }));
  const [behind] = counts.filter(({ done }) => done < n).toSorted((a, b) => a.done - b.done);
  return behind === undefined ? undefined : { arm: behind.arm, seed: behind.done + 1 };
}

async function run(
  lab: PcLab,
  agent: PcAgent,
  { arm, seed }: { readonly arm: RebootRun['arm']; readonly seed: number },
  state: CodeState,
): Promise<RebootRun> {
  await agent.enable(arm === 'agent');
  const startedAt = new Date();
  const recovery = await runRecovery(lab, {
    drill: plainCut,
    arm,
    seed,
    orders,
    limitSeconds,
    tell: say,
    ...(arm === 'agent' && { helperLog: (since: number) => agent.log(since) }),
  });
  const id = `reboot-${arm}-${timeStamp(startedAt.getTime())}`;
  const { seconds, verified, clock, acknowledged, unknown, lost, duplicated, failuresAfter, cut } =
    measured(recovery);
  const found = { seconds, verified, clock, acknowledged, unknown, lost, duplicated, failuresAfter, cut };
  const { cpus, memory, kernel } = machine(lab);
  return {
    ...state,
    id,
    arm,
    startedAt: startedAt.toISOString(),
    seed,
    ...found,
    machine: { cpus, memory, kernel },
    load: os.loadavg(),
    log: await writeLog(id, recovery.raw),
  };
}

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const { lab, agent } = await readyPc();
  for (;;) {
    const wanted = await next(state, Number(values.n));
    if (wanted === undefined) return 0;
    say(`${wanted.arm}, seed ${wanted.seed}`);
    const row = await run(lab, agent, wanted, state);
    await appendAlwaysOn('reboots', row);
    const time = row.seconds === null ? 'no recovery' : `${row.seconds.toFixed(1)} s`;
    say(`${row.arm}: ${time}; ${row.acknowledged} acknowledged, ${row.lost} lost`);
  }
}

process.exitCode = await main();
