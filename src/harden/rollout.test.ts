import { describe, expect, test } from 'vitest';

import { container, pod } from '../../test/fakes/observation.ts';
import type { PodFacts } from '../domain/observation.ts';
import type { KubeObject } from '../ports/cluster.ts';
import { rolloutOf } from './rollout.ts';

const workload = (status: object): KubeObject =>
  ({
    metadata: { name: 'web', uid: 'u', generation: 2 },
    spec: { replicas: 2 },
    status,
  }) as unknown as KubeObject;

const whole = {
  observedGeneration: 2,
  replicas: 2,
  updatedReplicas: 2,
  readyReplicas: 2,
  availableReplicas: 2,
};
const fresh = (
  changes: Parameters<typeof container>[0],
  list: 'containers' | 'initContainers' = 'containers',
): PodFacts => pod('web-new', { containers: [], [list]: [container({ restartCount: 0, ...changes })] });

describe('a rollout', () => {
  test.each([
    ['a Deployment', whole],
    ['a StatefulSet', { ...whole, availableReplicas: 0, currentRevision: 'b', updateRevision: 'b' }],
  ])('is done when all pods of %s are new and ready', (_kind, status) => {
    expect(rolloutOf(workload(status), [])).toMatchObject({ state: 'done' });
  });

  test.each([
    ['its controller has not seen the change', { ...whole, observedGeneration: 1 }],
    ['not all pods are new', { ...whole, updatedReplicas: 1 }],
    ['old pods are still there', { ...whole, replicas: 3 }],
    ['not all are ready', { ...whole, availableReplicas: 1, readyReplicas: 1 }],
    ['a StatefulSet has two revisions', { ...whole, currentRevision: 'a', updateRevision: 'b' }],
    ['nothing is known', {}],
  ])('goes on while %s', (_why, status) => {
    expect(rolloutOf(workload(status), [])).toMatchObject({ state: 'going' });
  });

  test.each([
    [
      'an init container crashes',
      fresh({ state: 'waiting', reason: 'CrashLoopBackOff' }, 'initContainers'),
      /main of the new pod web-new: CrashLoopBackOff/,
    ],
    [
      'an image is missing',
      fresh({ state: 'waiting', reason: 'ErrImagePull', message: 'no such image' }),
      /no such image/,
    ],
    [
      'a program is missing',
      fresh({ state: 'waiting', reason: 'RunContainerError', message: 'exec: "python3": not found' }),
      /python3/,
    ],
    [
      'an init container ended badly',
      fresh(
        { state: 'terminated', reason: 'Error', exitCode: 1, lastExit: { exitCode: 1 } },
        'initContainers',
      ),
      /exit code 1/,
    ],
    ['a container was started again', fresh({ restartCount: 1 }), /started again/],
  ])('has failed as soon as %s', (_why, broken, words) => {
    expect(rolloutOf(workload(whole), [broken])).toMatchObject({
      state: 'failed',
      what: expect.stringMatching(words),
    });
  });

  test('a pod that is only starting is no failure', () => {
    const starting = fresh({ state: 'waiting', reason: 'PodInitializing' });
    expect(rolloutOf(workload({ ...whole, availableReplicas: 1 }), [starting])).toMatchObject({
      state: 'going',
      what: '1 of 2 new pods are ready',
    });
  });

  test('the words of its controller count once it has seen the change', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }];
    expect(rolloutOf(workload({ ...whole, updatedReplicas: 0, conditions }), [])).toMatchObject({
      state: 'failed',
      what: 'exceeded quota',
    });
    expect(rolloutOf(workload({ observedGeneration: 1, conditions }), [])).toMatchObject({ state: 'going' });
  });
});
