import { expect, test } from 'vitest';

import type { NodeContainer } from './observation.ts';
import { isUnsteady } from './unsteady-container.ts';

const container = (state: NodeContainer['state'], restartCount: number, age: number) => ({
  state,
  restartCount,
  startedAt: 1_000_000 - age,
});

test.each([
  ['that ended', container('exited', 0, 0), true],
  ['that the engine is about to start again', container('restarting', 3, 0), true],
  ['that was started again a moment ago', container('running', 3, 5000), true],
  ['that was started again and has stayed', container('running', 3, 61_000), false],
  ['that was started once', container('running', 0, 5000), false],
])('a container %s: judged', (_name, facts, expected) => {
  expect(isUnsteady(facts, 1_000_000)).toBe(expected);
});
