import { expect, test } from 'vitest';

import { node, now, stack } from '../../../test/fakes/observation.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { ActContext } from '../define-step.ts';
import { startLoadBalancer, startNode } from './start-container.ts';

function context(state: NodeContainer['state'], api: Error | undefined): ActContext {
  return {
    stack,
    clock: { now: () => now },
    provider: { containers: () => Promise.resolve([node('lb', { role: 'loadbalancer', state })]) },
    reader: { ready: () => (api === undefined ? Promise.resolve() : Promise.reject(api)) },
  } as unknown as ActContext;
}

const planned = { target: { kind: 'Container', name: 'lb', uid: 'id-of-lb' } } as unknown as PlannedStep;

test('a load balancer works when the API answers through it, and not when it was only started', async () => {
  expect(await startLoadBalancer.probe(planned, context('running', undefined))).toMatchObject({
    answer: 'yes',
    evidence: 'lb is running, and the API answers through it',
  });
  expect(await startLoadBalancer.probe(planned, context('restarting', undefined))).toMatchObject({
    answer: 'no',
  });
  const dead = new Error('connect ECONNREFUSED');
  await expect(startLoadBalancer.probe(planned, context('running', dead))).rejects.toThrow('ECONNREFUSED');
});

test('a node is started when its container runs: its API may be the one that is still missing', async () => {
  const dead = new Error('connect ECONNREFUSED');
  expect(await startNode.probe(planned, context('running', dead))).toMatchObject({ answer: 'yes' });
});
