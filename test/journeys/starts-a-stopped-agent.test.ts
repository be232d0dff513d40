import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('an agent that stays down after a loss of power is started, and the shop sells again', async () => {
  const recovery = await healed(await journeyLab(), 'agent-stopped');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('start-node');
});
