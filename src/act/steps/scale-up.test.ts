import { expect, test } from 'vitest';

import { now } from '../../../test/fakes/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { ActContext } from '../define-step.ts';
import { scaleUp } from './scale-up.ts';

const planned = {
  step: 'scale-up',
  target: { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' },
  parameters: { replicas: '2' },
} as unknown as PlannedStep;

/** A cluster in which the workload wants that many pods; undefined: it is not there. */
function aCluster(replicas: number | undefined) {
  const sent: unknown[] = [];
  const metadata = { name: 'coredns', namespace: 'kube-system', uid: 'u', resourceVersion: '41' };
  const state = { replicas, ready: 0 };
  const context = {
    clock: { now: () => now },
    reader: {
      get: (path: string) =>
        Promise.resolve(
          state.replicas === undefined || path !== '/apis/apps/v1/namespaces/kube-system/deployments/coredns'
            ? undefined
            : { metadata, spec: { replicas: state.replicas }, status: { readyReplicas: state.ready } },
        ),
    },
    writer: { scale: (target: unknown) => Promise.resolve(void sent.push(target)) },
  } as unknown as ActContext;
  return { context, sent, state };
}

test('scales what is at 0, bound to what was read, and is proven by a ready pod', async () => {
  const { context, sent, state } = aCluster(0);
  expect(await scaleUp.precondition(planned, context)).toBeUndefined();
  expect(await scaleUp.run(planned, context)).toBe('scaled coredns from 0 to 2');
  const { kind, namespace, name } = planned.target;
  expect(sent).toEqual([{ kind, namespace, name, replicas: 2, version: '41' }]);
  expect(await scaleUp.probe(planned, context)).toMatchObject({ answer: 'no' });
  state.ready = 1;
  expect(await scaleUp.probe(planned, context)).toMatchObject({ answer: 'yes' });
});

test('leaves alone what somebody changed meanwhile', async () => {
  for (const replicas of [1, undefined]) {
    const { context, sent } = aCluster(replicas);
    expect(await scaleUp.precondition(planned, context)).toMatch(/not/);
    await expect(scaleUp.run(planned, context)).rejects.toThrow('nothing was touched');
    expect(sent).toEqual([]);
  }
});
