import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('a pooler role with a changed password gets the one of its Secret, and the shop sells again', async () => {
  const recovery = await healed(await journeyLab(), 'pooler-password-changed');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('sync-pooler-credentials');
});
