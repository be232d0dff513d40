import { expect, test } from 'vitest';

import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';

test('a Redis whose file ends in NUL bytes loses only these, and the shop sells again', async () => {
  const recovery = await healed(await journeyLab(), 'redis-file-damaged');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('trim-append-only-file');
});
