// `npm run bench:agent-kills [-- --random N] [--allow-dirty]`: ends or stops the agent while it heals, at every boundary of a
// step and of the proof, at random times, for a minute, and together with the power; then another agent begins. One row of
// results/always-on.json per kill. Can be interrupted and started again.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import type { Lab } from '../lab/lab.ts';
import { timeStamp } from '../src/domain/time-stamp.ts';
import { drillNamed } from '../src/drills/index.ts';
import { nobodyHelps } from '../src/drills/nobody-helps.ts';
import { waitFor } from '../src/drills/wait-for.ts';
import { measuredCode, readyLab, say } from './begin.ts';
import { appendAlwaysOn, readAlwaysOn, type KillRun } from './always-on-store.ts';
import type { CodeState } from './code-state.ts';
import { exampleTarget } from './refusals/example-target.ts';
import { journalAt, openIntents } from './refusals/nothing-lost.ts';
import { untilStopped } from './refusals/state-of-process.ts';
import { deletedPods, requestsSince } from './rig/audit-log.ts';
import {
  actionBoundaries,
  type Boundary,
  boundaryEnv,
  boundaryText,
  proofBoundaries,
} from './rig/boundary.ts';
import { startInLab, type LabProcess } from './rig/lab-process.ts';
import { seededRandom } from './rig/random.ts';
import { startRekindle } from './rig/rekindle-up.ts';
import { waitUntilSettled } from './rig/settled.ts';
import { writeLog } from './run-store.ts';

const { values } = parseArgs({
  options: { random: { type: 'string', default: '20' }, 'allow-dirty': { type: 'boolean', default: false } },
});

const fault = 'pooler-password-changed';

/** A recovery of that fault takes a few seconds; the random kills are spread over this time, ms. */
const randomWithinMs = 9000;
const stoppedMs = 60_000;
const endSeconds = 240;
/** Runs of those that take minutes each. */
const slowRuns = 5;

/** One kill: what it is, where, and the environment of the agent that meets it. */
interface Kill {
  readonly kind: KillRun['kind'];
  readonly where: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends or stops the agent from outside; resolves with whether it was still at work. */
  readonly meet: (agent: LabProcess, lab: Lab) => Promise<boolean>;
}

/** It ends by itself, at its boundary. */
async function untilDead({ ended }: LabProcess): Promise<boolean> {
  return (await ended) === 128;
}

function atBoundary(boundary: Boundary): Kill {
  const env = boundaryEnv(boundary, { do: 'signal', signal: 'SIGKILL' });
  return { kind: 'boundary', where: boundaryText(boundary), env, meet: untilDead };
}

function atTime(afterMs: number): Kill {
  return {
    kind: 'random',
    where: `after ${afterMs} ms`,
    env: {},
    meet: async (agent) => {
      await sleep(afterMs);
      await agent.kill();
      return true;
    },
  };
}

const betweenCheckAndAct: Boundary = { side: 'after', event: 'step-intended', nth: 1 };

const stopped: Kill = {
  kind: 'stopped',
  where: `${stoppedMs / 1000} s between check and act (${boundaryText(betweenCheckAndAct)})`,
  env: boundaryEnv(betweenCheckAndAct, { do: 'signal', signal: 'SIGSTOP' }),
  meet: async (agent) => {
    await untilStopped(agent.pid, 120);
    await sleep(stoppedMs);
    process.kill(agent.pid, 'SIGCONT');
    // It goes on with what it was about to do, on evidence of a minute ago; then its supervisor would have ended it.
    await sleep(5000);
    await agent.kill();
    return true;
  },
};

const withThePower: Kill = {
  kind: 'power-loss',
  where: `between intent and action (${boundaryText(betweenCheckAndAct)})`,
  env: boundaryEnv(betweenCheckAndAct, { do: 'signal', signal: 'SIGSTOP' }),
  meet: async (agent, lab) => {
    await untilStopped(agent.pid, 120);
    await lab.cut('power-loss');
    await agent.kill();
    await lab.boot();
    return true;
  },
};

function allKills(random: number): readonly Kill[] {
  const next = seededRandom(3);
  const times = Array.from({ length: random }, () => atTime(Math.floor(next() * randomWithinMs)));
  const slow = [stopped, withThePower].flatMap((kill) => Array.from({ length: slowRuns }, () => kill));
  return [...[...actionBoundaries(), ...proofBoundaries].map(atBoundary), ...slow, ...times];
}

type Which = Pick<Kill, 'kind' | 'where'>;

/** Those that have no row yet; of one that is wanted several times, as many as are missing. */
function owed(all: readonly Kill[], rows: readonly Which[]): readonly Kill[] {
  const done = Map.groupBy(rows, ({ kind, where }: Which) => `${kind} ${where}`);
  return all.filter(({ kind, where }) => done.get(`${kind} ${where}`)?.pop() === undefined);
}

function startAgent(lab: Lab, folder: string, env: Readonly<Record<string, string>>): LabProcess {
  const own = { XDG_STATE_HOME: path.join(folder, 'state'), XDG_CONFIG_HOME: path.join(folder, 'config') };
  return startInLab(lab, 'dist/rekindle.js', ['watch', ...exampleTarget], {
    onLine: () => undefined,
    env: { ...own, ...env },
  });
}

/** Waits until the recovery of the second agent has ended with the stack usable. */
async function untilUsable(journal: string, since: number, agent: LabProcess): Promise<void> {
  await waitFor('the verified end of a recovery', endSeconds, () => {
    const ended = journalAt(journal).findLast(({ type, at }) => type === 'run-ended' && at >= since);
    return Promise.resolve(ended?.body.verdict?.state === 'healthy' ? true : undefined);
  }).catch((cause: unknown) => {
    throw new Error(`the second agent did not bring it back: ${agent.errors().slice(-2000)}`, { cause });
  });
}

async function verified(lab: Lab, folder: string): Promise<boolean> {
  const verify = startInLab(lab, 'dist/rekindle.js', ['verify', '--json', ...exampleTarget], {
    onLine: () => undefined,
    env: { XDG_STATE_HOME: path.join(folder, 'state') },
  });
  return (await verify.ended) === 0;
}

async function run(lab: Lab, kill: Kill, state: CodeState): Promise<KillRun> {
  await waitUntilSettled(lab, 300).catch(async () => {
    await startRekindle(lab).result();
    await waitUntilSettled(lab, 300);
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-kill-'));
  const journal = path.join(folder, 'state', 'rekindle', 'journal.db');
  const startedAt = new Date();
  const { size } = await stat(lab.auditLog);
  const drill = drillNamed(fault);
  const injection = await drill.inject(lab, nobodyHelps);
  try {
    const first = startAgent(lab, folder, kill.env);
    const wasKilled = await kill.meet(first, lab);
    const began = Date.now();
    const second = startAgent(lab, folder, {});
    await untilUsable(journal, began, second);
    const seconds = (Date.now() - began) / 1000;
    process.kill(second.pid, 'SIGTERM');
    if ((await second.ended) !== 0) throw new Error(`the second agent did not end well: ${second.errors()}`);
    const pods = deletedPods(await requestsSince(lab.auditLog, size, 'rekindle'));
    const events = journalAt(journal);
    const intended = events.filter(({ type }) => type === 'step-intended');
    const names = new Map(intended.map(({ body }) => [body.action, body.step?.step]));
    const id = `agent-${kill.kind}-${timeStamp(startedAt.getTime())}`;
    return {
      ...state,
      id,
      startedAt: startedAt.toISOString(),
      kind: kill.kind,
      where: kill.where,
      fault,
      wasKilled,
      seconds,
      verified: await verified(lab, folder),
      openIntents: openIntents(events),
      actions: events.flatMap(({ type, body }) =>
        type === 'step-acted' ? [`${names.get(body.action) ?? '?'}: ${body.acted ?? '?'}`] : [],
      ),
      deletedTwice: pods.filter((name, index) => pods.indexOf(name) !== index),
      log: await writeLog(id, `== first\n${first.errors()}\n== second\n${second.errors()}\n`),
    };
  } finally {
    await drill.undo(lab, injection);
    await rm(folder, { recursive: true });
  }
}

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const lab = await readyLab();
  const { kills } = await readAlwaysOn();
  const own = kills.filter(({ code, dirty }) => code === state.code && dirty === state.dirty);
  const wanted = owed(allKills(Number(values.random)), own);
  for (const kill of wanted) {
    say(`${kill.kind}: ${kill.where}`);
    const row = await run(lab, kill, state);
    await appendAlwaysOn('kills', row);
    say(
      `${row.verified ? 'verified' : 'NOT VERIFIED'} after ${row.seconds.toFixed(1)} s; ${row.actions.join(', ')}`,
    );
  }
  return 0;
}

process.exitCode = await main();
