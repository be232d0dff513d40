import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { clockLibrary } from '../../lab/build/clock-library.ts';
import { labIdentity } from '../../lab/identity.ts';
import { boundaryEnv } from '../rig/boundary.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { intendedSteps, isVerified, journalOf } from './nothing-lost.ts';
import { withFault } from './with-fault.ts';

const checkout = path.dirname(path.dirname(import.meta.dirname));
const hourMs = 3_600_000;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A clock of the program's own: what the machine's clock says and so much more, as the file says (faketime(1)). */
async function ownClock(
  { folder }: Site,
  offset: string,
): Promise<{ readonly file: string; readonly env: Readonly<Record<string, string>> }> {
  const file = path.join(folder, 'clock');
  await writeFile(file, `${offset}\n`);
  const env = {
    LD_PRELOAD: await clockLibrary(labIdentity(checkout).cacheDir, say),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    // As on a machine whose clock is set: only the time of day moves.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
  return { file, env };
}

/** Throws when the clock did not go back while it worked: then the run says nothing. */
function expectClockWentBack(site: Site): void {
  const times = journalOf(site).map(({ at }) => at);
  const back = times.some((at, index) => index > 0 && at < (times[index - 1] ?? 0) - hourMs / 2);
  if (!back) throw new Error('the clock was not set back while it worked');
}

/** The clock is an hour ahead when the program starts, as after a boot that took local time for UTC, and then put right. */
async function setBack(site: Site): Promise<Ended> {
  const step = 'sync-pooler-credentials';
  return withFault(site, 'pooler-password-changed', async () => {
    const { file, env } = await ownClock(site, '+1h');
    const deed = { do: 'write', file, text: '+0\n' } as const;
    const boundary = { side: 'after', event: 'step-acted', nth: 1, step } as const;
    const ended = await site.rekindle({ env: { ...env, ...boundaryEnv(boundary, deed) } });
    expectClockWentBack(site);
    if (!isVerified(ended))
      throw new Error(`it ended with ${ended.exitCode}: ${ended.stdout}${ended.stderr}`);
    const repeated = intendedSteps(site).filter((name) => name === step).length;
    if (repeated !== 1) throw new Error(`${step} was done ${repeated} times`);
    if (/(^|[\s"(])-\d+(\.\d+)? m?s\b|"seconds": -/m.test(`${ended.stdout}${ended.stderr}`))
      throw new Error(`a time that is shown is negative: ${ended.stdout}${ended.stderr}`);
    if (ended.seconds > 120) throw new Error(`it took ${Math.round(ended.seconds)} s`);
    return ended;
  });
}

/** B10: the clock of this machine, which no case touches; the program sees another one. */
export const clockCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B10a',
    title:
      'the clock is set back by an hour in the middle of a step: nothing is repeated, nothing waits for it',
    expected: { exitCode: 0, says: /"proven": "verified"/, writes: 'any' },
    needsWholeStack: true,
    run: setBack,
  }),
  defineCase({
    id: 'B10b',
    title: "the machine's clock is years behind: the certificate is not valid yet, and the clock is named",
    expected: {
      exitCode: 1,
      says: /certificate is valid from \S+ on, and this machine's clock says \S+: the clock is probably wrong.*timedatectl/s,
    },
    needsWholeStack: false,
    run: async (site) => {
      const { env } = await ownClock(site, '-3650d');
      const args = ['up', '--json', '--timeout', '90s', '--context', 'rekindle'];
      return site.rekindle({ args: [...args, '--stack', 'examples/jewelry-shop/rekindle.yaml'], env });
    },
  }),
];
