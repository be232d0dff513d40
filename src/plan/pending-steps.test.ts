import { expect, test } from 'vitest';

import { boot, healthy, node, now, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { saw } from '../domain/looked.ts';
import { pendingSteps } from './pending-steps.ts';

const stopped = healthy({
  containers: saw([node('server-0', { role: 'server', state: 'exited' })], 'engine', now),
});

test('a cluster that was found stopped just now may have to be started', () => {
  const check = { stack, firstSeen: () => undefined };
  expect([...pendingSteps(diagnose(stopped, check), stopped, check)]).toEqual(['start-cluster']);
});

test('nothing is pending once it is decided, nor on a stack that is well', () => {
  const check = { stack, firstSeen: () => boot };
  expect([...pendingSteps(diagnose(stopped, check), stopped, check)]).toEqual([]);
  expect([...pendingSteps(diagnose(healthy(), check), healthy(), check)]).toEqual([]);
});
