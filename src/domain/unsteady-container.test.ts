import { expect, test } from 'vitest';

import { isUnsteady } from './unsteady-container.ts';

test.each([
  ['that ended', 'exited', 0, 0, true],
  ['that the engine is about to start again', 'restarting', 3, 0, true],
  ['that was started again a moment ago', 'running', 3, 5000, true],
  ['that was started again and has stayed', 'running', 3, 61_000, false],
  ['that was started once', 'running', 0, 5000, false],
] as const)('a container %s (%s): unsteady %s', (_name, state, restartCount, age, expected) => {
  expect(isUnsteady({ state, restartCount, startedAt: 1_000_000 - age }, 1_000_000)).toBe(expected);
});
