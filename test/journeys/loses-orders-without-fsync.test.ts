import { expect, test } from 'vitest';

import { runRecovery } from '../../bench/rig/recovery.ts';
import { stages } from '../../bench/rig/stages.ts';
import { openLab } from '../../lab/lab.ts';
import { fsyncOff } from '../../src/drills/fsync-off.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { say } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

test('with fsync off a loss of power loses acknowledged orders, and the ledger sees it', async (context) => {
  skipWhen(context, onlyInTheFullRun);
  // It may ruin its database, so it has a lab of its own.
  const lab = await openLab({ instance: 'fsync', log: say });
  skipWhen(context, lab.backend === 'docker' ? 'backend docker cannot lose power' : undefined);
  const { tell, done } = stages(say);
  try {
    await lab.up();
    await lab.deployExample();
    const options = {
      drill: fsyncOff,
      arm: 'nobody',
      seed: 1,
      orders: 500,
      limitSeconds: 240,
      tell,
    } as const;
    const { ledger } = await runRecovery(lab, options);
    say(`${ledger.acknowledged} acknowledged, ${ledger.lost.length} lost`);
    expect(ledger.lost.length).toBeGreaterThan(0);
  } finally {
    done();
    await lab.down();
  }
});
