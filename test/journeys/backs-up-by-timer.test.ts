import { expect, onTestFinished, test } from 'vitest';

import { PcAgent } from '../../bench/rig/pc-agent.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { journeyLab, say } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

const rekindle = '/usr/local/bin/rekindle';
const chosen = ['--context', 'rekindle', '--stack', '/home/alice/shop/rekindle.yaml'];

interface Listed {
  readonly backups: readonly { readonly id: string; readonly proof?: { readonly verdict: string } }[];
}

/** Programs on the PC whose end is expected to be good. */
function pcOf(lab: Lab) {
  const run = async (...argv: readonly string[]): Promise<string> => {
    const { stdout } = await lab.runInPc(argv, { timeoutSeconds: 300, check: true });
    return stdout;
  };
  const asAlice = (...words: readonly string[]) => run('runuser', '-u', 'alice', '--', rekindle, ...words);
  return {
    run,
    asAlice,
    list: async () => JSON.parse(await asAlice('backup', 'list', '--json', ...chosen)) as Listed,
  };
}

test(
  'a backup that was due while the power was gone is made by systemd after the boot, and proven, while the agent brings the shop back',
  { timeout: 1_800_000 },
  async (context) => {
    skipWhen(context, onlyInTheFullRun);
    const lab = await journeyLab();
    // Other journeys want a PC without an agent.
    onTestFinished(() => lab.down(), 300_000);
    const agent = new PcAgent(lab);
    await agent.install();
    await agent.untilProven(0, 300);
    const pc = pcOf(lab);

    // The first backup makes the key; without one there is no schedule.
    await pc.asAlice('backup', 'create', ...chosen);
    const schedule = [rekindle, 'backup', 'schedule'];
    await pc.run(
      ...schedule,
      'install',
      '--system',
      '--run-as',
      'alice',
      '--every',
      '12h',
      '--keep-last',
      '5',
      ...chosen,
    );
    const [first, ...others] = (await pc.list()).backups;
    expect(first).toMatchObject({ proof: { verdict: 'proven' } });
    expect(others).toEqual([]);

    // Its last time lies two days back.
    await pc.run('touch', '--date=2 days ago', '/var/lib/systemd/timers/stamp-rekindle-backup.timer');
    await pc.run('sync');
    const before = Date.now();
    await lab.cut();
    await lab.boot();
    const made = await waitFor('a backup by the timer', 900, async () => {
      const newer = (await pc.list()).backups.filter(({ id }) => id !== first?.id);
      return newer.find(({ proof }) => proof !== undefined);
    });
    say(
      `${made.id}: ${made.proof?.verdict ?? 'no proof'}, ${Math.round((Date.now() - before) / 1000)} s after the cut`,
    );
    expect(made.proof).toMatchObject({ verdict: 'proven' });
    await agent.untilProven(before, 300);
    const log = await pc.run('journalctl', '--unit=rekindle-backup', '--output=cat', '--no-pager');
    say(log.trim().split('\n').slice(-6).join('\n    '));
    const status = JSON.parse(await pc.run(...schedule, 'status', '--json')) as object;
    expect(status).toMatchObject({ grade: 'well' });

    await pc.run(...schedule, 'uninstall');
    expect((await pc.list()).backups).toHaveLength(2);
  },
);
