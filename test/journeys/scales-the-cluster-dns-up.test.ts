import { expect, test } from 'vitest';

import { skipWhen } from '../fakes/skip-when.ts';
import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

test('a cluster DNS that was scaled to 0 before the power went is scaled up', async (context) => {
  skipWhen(context, onlyInTheFullRun);
  const recovery = await healed(await journeyLab(), 'dns-scaled-to-zero');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('scale-up');
});
