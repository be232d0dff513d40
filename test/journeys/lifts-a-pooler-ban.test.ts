import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('PgBouncer that turns everybody away for another minute lets them in at once, and nobody is dropped', async () => {
  const lab = await journeyLab();
  try {
    const recovery = await healed(lab, 'pooler-banned');
    expectRecovery(recovery);
    expect(provenSteps(recovery)).toContain('nudge-pooler');
    expect(provenSteps(recovery)).not.toContain('restart-pooler');
  } finally {
    await lab.enforceNetworkPolicies(false);
  }
});
