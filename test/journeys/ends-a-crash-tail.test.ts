import { expect, test } from 'vitest';

import { skipWhen } from '../fakes/skip-when.ts';
import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

test('web servers do not wait out 80 s when what they need works', async () => {
  const recovery = await healed(await journeyLab(), 'django-crash-tail');
  expectRecovery(recovery);
  expect(recovery.seconds).toBeLessThan(60);
  expect(provenSteps(recovery)).toContain('restart-crash-looping-pod');
});

test('nor do migrations, once the database answers', async (context) => {
  skipWhen(context, onlyInTheFullRun);
  const recovery = await healed(await journeyLab(), 'django-init-crash-tail');
  expectRecovery(recovery);
  expect(recovery.seconds).toBeLessThan(60);
  expect(provenSteps(recovery)).toContain('restart-crash-looping-pod');
});
