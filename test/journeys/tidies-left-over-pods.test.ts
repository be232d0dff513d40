import { expect, test } from 'vitest';

import { skipWhen } from '../fakes/skip-when.ts';
import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

test('the entry of a pod that its node rejected goes, the pod of a finished job stays', async (context) => {
  skipWhen(context, onlyInTheFullRun);
  const recovery = await healed(await journeyLab(), 'pods-left-over');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('delete-left-over-pod');
});
