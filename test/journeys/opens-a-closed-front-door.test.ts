import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('a stopped load balancer is started, and the shop sells again', async () => {
  const recovery = await healed(await journeyLab(), 'load-balancer-stopped');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('start-load-balancer');
});
