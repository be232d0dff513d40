import { expect, test } from 'vitest';

import { expectRecovery } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('after a loss of power the shop sells again and every acknowledged order is there', async () => {
  const recovery = await healed(await journeyLab(), 'plain-cut');
  expectRecovery(recovery);
  expect(recovery.injection.cut).toBe('power-loss');
});
