import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('the entry of a pod that its node rejected goes, the pod of a finished job stays', async () => {
  const recovery = await healed(await journeyLab(), 'pods-left-over');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('delete-left-over-pod');
});
