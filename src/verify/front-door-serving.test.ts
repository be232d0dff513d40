import { expect, test } from 'vitest';

import { now, stack } from '../../test/fakes/observation.ts';
import type { ObserveContext } from '../observe/context.ts';
import { frontDoorServing } from './front-door-serving.ts';

const frontDoor = { url: 'http://shop.local:8080/', address: '127.0.0.1:8080', healthPath: '/up' };

test.each([
  [200, 'welcome', 'yes', 'GET http://shop.local:8080/up: 200'],
  [200, ' \n', 'no', 'GET http://shop.local:8080/up: 200 with an empty page'],
  [404, '', 'no', 'GET http://shop.local:8080/up: 404'],
])('a front door that answers %i with %j: %s', async (status, body, answer, evidence) => {
  const context = {
    stack: { ...stack, frontDoor },
    clock: { now: () => now },
    door: { request: () => Promise.resolve({ status, body }) },
  } as unknown as ObserveContext;
  expect(await frontDoorServing(context)).toMatchObject({ answer, evidence });
});
