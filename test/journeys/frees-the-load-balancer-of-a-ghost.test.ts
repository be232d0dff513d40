import { expect, test } from 'vitest';

import { skipWhen } from '../fakes/skip-when.ts';
import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

test('a load balancer that leads to a deleted node starts again without it', async (context) => {
  skipWhen(context, onlyInTheFullRun);
  const recovery = await healed(await journeyLab(), 'load-balancer-ghost');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('drop-gone-upstreams');
});
