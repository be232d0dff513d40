import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { isAlive, killNow, processStart } from '../../lab/source/processes.ts';
import {
  actionBoundaries,
  type Boundary,
  boundaryEnv,
  boundaryText,
  proofBoundaries,
} from '../rig/boundary.ts';
import { seededRandom } from '../rig/random.ts';
import { waitUntilSettled } from '../rig/settled.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { expectNothingLost, isVerified } from './nothing-lost.ts';
import { untilStopped } from './state-of-process.ts';
import { withFault } from './with-fault.ts';

const passwordBoundaries = [...actionBoundaries('sync-pooler-credentials'), ...proofBoundaries];
const podBoundaries = actionBoundaries('restart-crash-looping-pod');

/** Kills at random times. A run may end before its time comes; so many must not have. */
const random = { kills: 20, atLeast: 12, seed: 8 };

/** Heals that fault again and again, each time with a kill at one of these places; gives the last healing run. */
async function killedEverywhere(site: Site, fault: string, boundaries: readonly Boundary[]): Promise<Ended> {
  let last: Ended | undefined;
  for (const boundary of boundaries) {
    try {
      await waitUntilSettled(site.lab, 300);
      last = await withFault(site, fault, async () => {
        const deed = { do: 'signal', signal: 'SIGKILL' } as const;
        const killed = await site.rekindle({ env: boundaryEnv(boundary, deed) });
        if (killed.signal !== 'SIGKILL')
          throw new Error(`it was not killed, it ended with ${killed.exitCode}: ${killed.stderr}`);
        return expectNothingLost(site, killed);
      });
    } catch (cause) {
      throw new Error(`killed ${boundaryText(boundary)}: ${String(cause)}`, { cause });
    }
  }
  if (last === undefined) throw new Error('there is no boundary');
  return last;
}

async function killedAtRandom(site: Site): Promise<Ended> {
  const fault = 'pooler-password-changed';
  const whole = await withFault(site, fault, () => site.rekindle());
  if (!isVerified(whole)) throw new Error(`without a kill it ended with ${whole.exitCode}: ${whole.stderr}`);
  const next = seededRandom(random.seed);
  let last = whole;
  let killed = 0;
  for (let count = 1; count <= random.kills; count += 1) {
    const afterMs = Math.floor(next() * whole.seconds * 1000);
    try {
      await waitUntilSettled(site.lab, 300);
      last = await withFault(site, fault, async () => {
        const ended = await site.rekindle({
          meanwhile: async (pid) => {
            const start = await processStart(pid);
            await sleep(afterMs);
            // One that has ended by then is gone, and its number may be somebody else's.
            if (start !== undefined && (await isAlive({ pid, start }))) killNow(pid);
          },
        });
        if (ended.signal === 'SIGKILL') killed += 1;
        return expectNothingLost(site, ended);
      });
    } catch (cause) {
      throw new Error(`kill ${count} after ${afterMs} ms: ${String(cause)}`, { cause });
    }
  }
  if (killed < random.atLeast) throw new Error(`only ${killed} of ${random.kills} runs were killed in time`);
  return last;
}

/** The first one stops itself between its intent and its action, holds the lock, and is killed while it does. */
async function lockOfAKilledOne(site: Site): Promise<Ended> {
  const boundary = { side: 'after', event: 'step-intended', nth: 1 } as const;
  return withFault(site, 'pooler-password-changed', async () => {
    const second = Promise.withResolvers<Ended>();
    const first = await site.rekindle({
      env: boundaryEnv(boundary, { do: 'signal', signal: 'SIGSTOP' }),
      meanwhile: async (pid) => {
        await untilStopped(pid, 120);
        second.resolve(await site.rekindle());
        process.kill(pid, 'SIGKILL');
      },
    });
    const turnedAway = await second.promise;
    if (turnedAway.exitCode !== 1 || !/at work on this cluster/.test(turnedAway.stderr))
      throw new Error(`the second one ended with ${turnedAway.exitCode}: ${turnedAway.stderr}`);
    if (first.signal !== 'SIGKILL') throw new Error(`the first one ended with ${first.exitCode}`);
    return expectNothingLost(site, first);
  });
}

/** B8, B9: a process that is killed, wherever it is. */
export const killCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B8a',
    title: `SIGKILL at ${passwordBoundaries.length} boundaries: the next run ends verified`,
    expected: { exitCode: 0, says: /"proven": "verified"/, writes: 'any' },
    needsWholeStack: true,
    run: (site) => killedEverywhere(site, 'pooler-password-changed', passwordBoundaries),
  }),
  defineCase({
    id: 'B8b',
    title: `SIGKILL at ${random.kills} random times (seed ${random.seed}): the next run ends verified`,
    expected: { exitCode: 0, says: /"proven": "verified"/, writes: 'any' },
    needsWholeStack: true,
    run: killedAtRandom,
  }),
  defineCase({
    id: 'B8c',
    title: `SIGKILL at ${podBoundaries.length} boundaries of a pod's restart: no pod is deleted twice`,
    expected: { exitCode: 0, says: /"proven": "verified"/, writes: 'any' },
    needsWholeStack: true,
    run: (site) => killedEverywhere(site, 'django-crash-tail', podBoundaries),
  }),
  defineCase({
    id: 'B9',
    title: 'a second `up` is turned away; when the first is killed the next one has the lock at once',
    expected: { exitCode: 0, says: /"proven": "verified"/, writes: 'any' },
    needsWholeStack: true,
    run: lockOfAKilledOne,
  }),
];
