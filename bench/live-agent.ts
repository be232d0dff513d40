// `npm run bench:live [-- --cuts N] [--allow-dirty]`: the agent as a service on the lab's PC for two hours: every four minutes the
// power is lost, and in the last two thirds the container engine and all containers are killed, so that one process of the
// agent sees all of these. Before each of them the agent's memory, files, processor time and journal are sampled, and what
// it has done to a stack that was well. One row of results/always-on.json per cut. Can be interrupted and started again.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import type { Lab } from '../lab/lab.ts';
import { measuredCode, readyPc, say } from './begin.ts';
import { appendAlwaysOn, readAlwaysOn, type LiveCut } from './always-on-store.ts';
import { exampleTarget } from './refusals/example-target.ts';
import { startInLab } from './rig/lab-process.ts';
import type { AgentSample, PcAgent, PcLab } from './rig/pc-agent.ts';

const { values } = parseArgs({
  options: { cuts: { type: 'string', default: '30' }, 'allow-dirty': { type: 'boolean', default: false } },
});

/** From one cut to the next; 30 of them take two hours. */
const everyMs = 240_000;
/** The least time in which nothing is wrong, also after a recovery that took long. */
const quietMs = 60_000;
const limitSeconds = 200;

/** A loss of power ends the agent with everything else: whether it grows is seen in what comes after the first third. */
function kindOf(cut: number): LiveCut['kind'] {
  return cut < Number(values.cuts) / 3 ? 'power-loss' : 'engine-killed';
}

/** Kills the engine and every container at once, as an accident of the engine does; the PC and the agent go on. */
const killEngine = [
  'systemctl kill --signal=KILL docker.service',
  'find /sys/fs/cgroup/memory/docker /sys/fs/cgroup/docker -name cgroup.procs -exec cat {} + 2>/dev/null | xargs -r kill -9 2>/dev/null',
  'exit 0',
].join('; ');

async function strike(lab: PcLab, kind: LiveCut['kind']): Promise<number> {
  if (kind === 'power-loss') {
    await lab.cut('power-loss');
    return (await lab.boot()).startedAt;
  }
  const at = Date.now();
  await lab.runInPc(['/bin/sh', '-c', killEngine], { timeoutSeconds: 60, check: true });
  return at;
}

/** The same; undefined after an accident that did not happen as it should: the power goes on, and it is tried again. */
async function struck(lab: Lab, kind: LiveCut['kind']): Promise<number | undefined> {
  try {
    return await strike(lab, kind);
  } catch (error) {
    say(`this cut says nothing: ${error instanceof Error ? error.message : String(error)}`);
    await lab.up();
    return undefined;
  }
}

/** Seconds until the agent says that the stack was proven after that time; undefined: not within the limit. */
async function proven(agent: PcAgent, since: number): Promise<number | undefined> {
  try {
    await agent.untilProven(since, limitSeconds);
    return (Date.now() - since) / 1000;
  } catch {
    return undefined;
  }
}

/** Two writes through the front door by another process, whatever the agent says. */
async function verified(lab: PcLab): Promise<boolean> {
  const verify = startInLab(lab, 'dist/rekindle.js', ['verify', '--json', ...exampleTarget], {
    onLine: () => undefined,
  });
  return (await verify.ended) === 0;
}

/** What the agent did between its last proof and now, with nothing wrong. */
function idleActions(now: AgentSample, after: AgentSample): number {
  return now.actions - after.actions;
}

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const { lab, agent } = await readyPc();
  await agent.enable(true);
  if ((await proven(agent, 0)) === undefined) throw new Error('the agent does not prove the stack');
  let after = await agent.sample();
  let struckAt = Date.now();
  for (;;) {
    const { live } = await readAlwaysOn();
    const cut = live.filter(({ code, dirty }) => code === state.code && dirty === state.dirty).length;
    if (cut >= Number(values.cuts)) return 0;
    await sleep(Math.max(quietMs, struckAt + everyMs - Date.now()));
    struckAt = Date.now();
    const sample = await agent.sample();
    const kind = kindOf(cut);
    say(`${cut + 1}: ${kind}; ${(sample.rssBytes / 1e6).toFixed(0)} MB, ${sample.openFiles} files`);
    const startedAt = new Date().toISOString();
    const since = await struck(lab, kind);
    if (since === undefined) {
      // What the agent does about it is no action while nothing is wrong.
      if ((await proven(agent, struckAt)) === undefined)
        throw new Error('the agent does not prove the stack');
      after = await agent.sample();
      continue;
    }
    const seconds = await proven(agent, since);
    const row: LiveCut = {
      ...state,
      startedAt,
      cut: cut + 1,
      kind,
      sample,
      idleActions: idleActions(sample, after),
      seconds: seconds ?? null,
      verified: await verified(lab),
    };
    await appendAlwaysOn('live', row);
    say(`${seconds?.toFixed(1) ?? 'no proof'} s; ${row.idleActions} actions while all was well`);
    after = await agent.sample();
  }
}

process.exitCode = await main();
