import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('web servers do not wait out 80 s when what they need works', async () => {
  const recovery = await healed(await journeyLab(), 'django-crash-tail');
  expectRecovery(recovery);
  expect(recovery.seconds).toBeLessThan(60);
  expect(provenSteps(recovery)).toContain('restart-crash-looping-pod');
});
