import { expect, test } from 'vitest';

import { expectRecovery, hardestCut } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('after a loss of power the shop sells again and every acknowledged order is there', async () => {
  const lab = await journeyLab();
  const recovery = await healed(lab, 'plain-cut');
  expectRecovery(recovery);
  expect(recovery.injection.cut).toBe(hardestCut(lab));
});
