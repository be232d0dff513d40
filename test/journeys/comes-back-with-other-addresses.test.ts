import { expect, test } from 'vitest';

import { expectRecovery, hardestCut } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('a cluster whose nodes have other addresses after the cut comes back', async () => {
  const lab = await journeyLab();
  const recovery = await healed(lab, 'addresses-changed');
  expectRecovery(recovery);
  expect(recovery.injection.cut).toBe(hardestCut(lab));
});
