// `npm run bench:idle [-- --minutes N] [--allow-dirty]`: what the agent costs as a service on the lab's PC while nothing is
// wrong: its processor time, memory and files, minute by minute, from five minutes after a proof. One row of
// results/always-on.json per minute. Can be interrupted and started again.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { appendAlwaysOn, readAlwaysOn } from './always-on-store.ts';
import { measuredCode, readyPc, say } from './begin.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '20' }, 'allow-dirty': { type: 'boolean', default: false } },
});

/** A recovery is watched for five minutes before it counts as one that lasts; the agent looks more often until then. */
const quietMs = 300_000;
const everyMs = 60_000;

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const { agent } = await readyPc();
  await agent.enable(true);
  await agent.untilProven(0, 200);
  say(`proven; quiet for ${quietMs / 1000} s`);
  await sleep(quietMs);
  let before = await agent.sample();
  for (;;) {
    const { idle } = await readAlwaysOn();
    const done = idle.filter(({ code, dirty }) => code === state.code && dirty === state.dirty).length;
    if (done >= Number(values.minutes)) return 0;
    const startedAt = new Date().toISOString();
    const began = performance.now();
    await sleep(everyMs);
    const sample = await agent.sample();
    const seconds = (performance.now() - began) / 1000;
    // Another process than the one before it says nothing of what a minute costs.
    if (sample.ageSeconds < before.ageSeconds) throw new Error('the agent was started anew meanwhile');
    const row = {
      ...state,
      startedAt,
      seconds,
      cpuSeconds: sample.cpuSeconds - before.cpuSeconds,
      rssBytes: sample.rssBytes,
      openFiles: sample.openFiles,
      ageSeconds: sample.ageSeconds,
      actions: sample.actions - before.actions,
      state: (await agent.state())?.state ?? 'not said',
    };
    await appendAlwaysOn('idle', row);
    say(
      `${done + 1}: ${((row.cpuSeconds / seconds) * 100).toFixed(2)} % of a core, ${(row.rssBytes / 1e6).toFixed(1)} MB`,
    );
    before = sample;
  }
}

process.exitCode = await main();
