import { expect, test } from 'vitest';

import { skipWhen } from '../fakes/skip-when.ts';
import { expectRecovery, hardestCut } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

test('a cluster whose nodes have other addresses after the cut comes back', async (context) => {
  skipWhen(context, onlyInTheFullRun);
  const lab = await journeyLab();
  const recovery = await healed(lab, 'addresses-changed');
  expectRecovery(recovery);
  expect(recovery.injection.cut).toBe(hardestCut(lab));
});
