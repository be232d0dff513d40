import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('a load balancer that leads to a deleted node starts again without it', async () => {
  const recovery = await healed(await journeyLab(), 'load-balancer-ghost');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('drop-gone-upstreams');
});
