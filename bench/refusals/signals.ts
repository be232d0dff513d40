import {
  actionBoundaries,
  type Boundary,
  boundaryEnv,
  boundaryText,
  proofBoundaries,
} from '../rig/boundary.ts';
import { waitUntilSettled } from '../rig/settled.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { expectNothingLost } from './nothing-lost.ts';
import { withFault } from './with-fault.ts';

const boundaries = [...actionBoundaries('sync-pooler-credentials'), ...proofBoundaries];

/** One interruption while it heals, and the run after it. */
async function interrupted(site: Site, boundary: Boundary): Promise<Ended> {
  const signal = boundary.side === 'before' ? 'SIGTERM' : 'SIGINT';
  const ended = await site.rekindle({ env: boundaryEnv(boundary, { do: 'signal', signal }) });
  // After its last record a run has nothing left that could be interrupted.
  const isExpected = ended.exitCode === 130 || (boundary.event === 'run-ended' && ended.exitCode === 0);
  if (!isExpected) throw new Error(`it ended with ${ended.exitCode}: ${ended.stderr}`);
  if (ended.exitCode === 130 && !ended.stderr.includes(`interrupted by ${signal}; run the command again`))
    throw new Error(`it does not say that it was interrupted: ${ended.stderr}`);
  JSON.parse(ended.stdout);
  return expectNothingLost(site, ended);
}

async function everywhere(site: Site): Promise<Ended> {
  let last: Ended | undefined;
  for (const boundary of boundaries) {
    try {
      await waitUntilSettled(site.lab, 300);
      last = await withFault(site, 'pooler-password-changed', () => interrupted(site, boundary));
    } catch (cause) {
      throw new Error(`interrupted ${boundaryText(boundary)}: ${String(cause)}`, { cause });
    }
  }
  if (last === undefined) throw new Error('there is no boundary');
  return last;
}

/** B7: an interruption at every boundary of a step and of the proof. */
export const signalCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B7',
    title: `SIGTERM or Ctrl-C at ${boundaries.length} boundaries: exit 130, journal whole, the next run ends verified`,
    expected: { exitCode: 0, says: /"proven": "verified"/, writes: 'any' },
    needsWholeStack: true,
    run: everywhere,
  }),
];
