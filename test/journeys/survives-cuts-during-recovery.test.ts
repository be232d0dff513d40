import { expect, test } from 'vitest';

import { expectRecovery, hardestCut } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('three losses of power in a row, two of them during recovery, lose no acknowledged order', async () => {
  const lab = await journeyLab();
  const recovery = await healed(lab, 'cut-during-recovery');
  expectRecovery(recovery);
  expect(recovery.injection.cut).toBe(hardestCut(lab));
});
