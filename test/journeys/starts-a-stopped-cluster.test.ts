import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('a cluster that was stopped is started, and the shop sells again', async () => {
  const recovery = await healed(await journeyLab(), 'cluster-stopped');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('start-cluster');
});
