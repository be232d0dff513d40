import { test } from 'vitest';

import { expectRecovery } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('a cluster whose nodes have other addresses after the cut comes back', async () => {
  expectRecovery(await healed(await journeyLab(), 'addresses-changed'));
});
