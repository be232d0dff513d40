import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('a node whose network cache was lost with the power gets all its pods back', async () => {
  const recovery = await healed(await journeyLab(), 'network-cache-damaged');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('set-network-cache-aside');
});
