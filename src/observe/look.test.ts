import { expect, test } from 'vitest';

import { now } from '../../test/fakes/observation.ts';
import { VirtualClock } from '../../test/fakes/virtual-clock.ts';
import { look } from './look.ts';

const failing = (name: string) => Object.assign(new Error('no\nat line 1'), { name });

test('tells what may not be looked at from what gave no answer', async () => {
  const clock = new VirtualClock(now);
  const refused = await look(clock, 'API', () => Promise.reject(failing('Forbidden')));
  expect(refused).toMatchObject({ looked: false, why: 'no', isForbidden: true });
  const silent = await look(clock, 'API', () => Promise.reject(failing('ClusterUnreachable')));
  expect(silent).toMatchObject({ looked: false, why: 'no' });
  expect(silent).not.toHaveProperty('isForbidden');
});
