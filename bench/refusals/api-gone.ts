import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { containersOf } from '../../src/drills/containers.ts';
import { type Boundary, boundaryEnv, boundaryText } from '../rig/boundary.ts';
import { waitUntilSettled } from '../rig/settled.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { expectNoCrash, expectNothingLost, isVerified } from './nothing-lost.ts';
import { untilStopped } from './state-of-process.ts';
import { withFault } from './with-fault.ts';

const step = 'sync-pooler-credentials';

/** Where the API goes: when the action is announced, when it was sent, when it is to be proven, and between two writes. */
const places: readonly Boundary[] = [
  { side: 'after', event: 'step-intended', nth: 1, step },
  { side: 'after', event: 'step-acted', nth: 1, step },
  { side: 'after', event: 'step-verified', nth: 1, step },
  { side: 'after', event: 'write-verified', nth: 1 },
];

/** Long enough for every deadline of a look and of a step, shorter than any lease, ms. */
const goneMs = 20_000;

/**
 * The program stops itself at that place; meanwhile the node of the API is frozen, as a node that hangs: connections stay
 * open and nothing is answered. Then the program goes on without it for a while.
 */
async function withoutApi(site: Site, boundary: Boundary): Promise<Ended> {
  const { lab } = site;
  const [server] = await containersOf(lab, 'server');
  if (server === undefined) throw new Error('the cluster has no server');
  return site.rekindle({
    env: boundaryEnv(boundary, { do: 'signal', signal: 'SIGSTOP' }),
    meanwhile: async (pid) => {
      await untilStopped(pid, 120);
      await lab.docker(['pause', server]);
      try {
        process.kill(pid, 'SIGCONT');
        await sleep(goneMs);
      } finally {
        await lab.docker(['unpause', server]);
      }
    },
  });
}

async function goneEverywhere(site: Site): Promise<Ended> {
  let last: Ended | undefined;
  for (const boundary of places) {
    try {
      await waitUntilSettled(site.lab, 300);
      last = await withFault(site, 'pooler-password-changed', async () => {
        const ended = await withoutApi(site, boundary);
        expectNoCrash(ended);
        if (![0, 1, 2].includes(ended.exitCode))
          throw new Error(`it ended with ${ended.exitCode}: ${ended.stderr}`);
        const next = await expectNothingLost(site, ended);
        return isVerified(ended) ? ended : next;
      });
    } catch (cause) {
      throw new Error(`the API went ${boundaryText(boundary)}: ${String(cause)}`, { cause });
    }
  }
  if (last === undefined) throw new Error('there is no place');
  return last;
}

/** B4: the API does not answer in the middle of a step. */
export const apiGoneCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B4',
    title: `the API is gone for ${goneMs / 1000} s in the middle of a step, at ${places.length} places`,
    expected: { exitCode: 0, says: /"proven": "verified"/, writes: 'any' },
    needsWholeStack: true,
    run: goneEverywhere,
  }),
];
