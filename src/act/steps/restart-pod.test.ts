import { describe, expect, test } from 'vitest';

import { now } from '../../../test/fakes/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { ActContext } from '../define-step.ts';
import { restartCrashLoopingPod } from './restart-pod.ts';

const waiting = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed' } };
const running = { running: { startedAt: new Date(now).toISOString() } };
const planned = {
  step: 'restart-crash-looping-pod',
  target: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'uid-of-web-1' },
  parameters: { owner: 'web' },
} as unknown as PlannedStep;

type States = Readonly<Record<string, typeof waiting | typeof running>>;

const statuses = (states: States) => Object.entries(states).map(([name, state]) => ({ name, state }));

/** The pod as the API has it right before the step. */
function podObject(states: States, initStates: States = {}): KubeObject {
  return {
    metadata: { name: 'web-1', namespace: 'shop', uid: 'uid-of-web-1' },
    spec: {},
    status: { containerStatuses: statuses(states), initContainerStatuses: statuses(initStates) },
  };
}

function objection(object: KubeObject) {
  const context = {
    reader: { get: () => Promise.resolve(object) },
    writer: { rehearsePodCreation: () => Promise.resolve(undefined) },
  } as unknown as ActContext;
  return restartCrashLoopingPod.precondition(planned, context);
}

describe('right before a pod that waits out its back-off is deleted', () => {
  test.each<readonly [string, KubeObject]>([
    ['nothing of it runs', podObject({ main: waiting })],
    ['only an init container that goes on runs', podObject({ main: waiting }, { mesh: running })],
    ['its init container is what crashes', podObject({ main: waiting }, { setup: waiting })],
  ])('nothing speaks against it: %s', async (_name, object) => {
    expect(await objection(object)).toBeUndefined();
  });

  test('it is left alone when it runs again, or when a container of it still works', async () => {
    expect(await objection(podObject({ main: running }))).toBe('it runs again by itself');
    expect(await objection(podObject({ worker: running, exporter: waiting }))).toBe(
      'something in it runs and would end with it: worker',
    );
  });
});

/** A pod of which each look finds the next of these states, and an API that says this of its deletion. */
function deleting(looks: readonly (KubeObject | Error)[], error?: Error) {
  const sent: unknown[] = [];
  let look = 0;
  const context = {
    reader: {
      get: () => {
        const seen = looks[Math.min(look++, looks.length - 1)];
        return seen instanceof Error ? Promise.reject(seen) : Promise.resolve(seen);
      },
    },
    writer: {
      deletePod: (target: unknown) => {
        sent.push(target);
        return error === undefined ? Promise.resolve() : Promise.reject(error);
      },
    },
  } as unknown as ActContext;
  return { sent, ended: restartCrashLoopingPod.run(planned, context) };
}

const versioned = (changes: Partial<KubeObject['metadata']> = {}): KubeObject => {
  const object = podObject({ main: waiting });
  return { ...object, metadata: { ...object.metadata, resourceVersion: '7', ...changes } };
};

describe('the deletion of a pod that waits out its back-off', () => {
  const conflict = Object.assign(new Error('changed'), { name: 'Conflict' });

  test('is bound to the state in which it was seen right before', async () => {
    const { sent, ended } = deleting([versioned()]);
    expect(await ended).toBe('deleted pod web-1');
    expect(sent).toEqual([{ namespace: 'shop', name: 'web-1', uid: 'uid-of-web-1', version: '7' }]);
  });

  test('does not happen when it runs by then, or has changed', async () => {
    const again = deleting([podObject({ main: running })]);
    await expect(again.ended).rejects.toThrow('it runs again by itself; nothing was touched');
    expect(again.sent).toEqual([]);
    await expect(deleting([versioned()], conflict).ended).rejects.toThrow(/changed .*; nothing was touched/);
  });

  test('does not happen when it cannot be looked at by then, which is no attempt in vain', async () => {
    const { sent, ended } = deleting([new Error('no answer within 3 s')]);
    await expect(ended).rejects.toThrow(/before acting: no answer within 3 s; nothing was touched/);
    expect(sent).toEqual([]);
  });

  test('that was sent twice is done when the pod goes', async () => {
    const going = versioned({ deletionTimestamp: new Date(now).toISOString() });
    expect(await deleting([versioned(), going], conflict).ended).toBe('deleted pod web-1');
  });
});

describe('the proof of a restart for an init container', () => {
  const forInit = { ...planned, evidenceAt: now, parameters: { owner: 'web', initContainer: 'migrate' } };
  const done = { terminated: { exitCode: 0 } };
  const failed = { terminated: { exitCode: 1 } };
  const initialising = { waiting: { reason: 'PodInitializing' } };

  /** What is said when the controller's next pod has its init container in this state. */
  async function proof(state: object) {
    const pod = {
      metadata: {
        name: 'web-2',
        namespace: 'shop',
        uid: 'uid-of-web-2',
        creationTimestamp: new Date(now).toISOString(),
        ownerReferences: [{ kind: 'ReplicaSet', name: 'web', controller: true }],
      },
      spec: {},
      status: {
        containerStatuses: [{ name: 'main', state: initialising }],
        initContainerStatuses: [{ name: 'migrate', state }],
      },
    };
    const context = { reader: { list: () => Promise.resolve([pod]) }, clock: { now: () => now } };
    return restartCrashLoopingPod.probe(forInit, context as unknown as ActContext);
  }

  test.each([
    ['it runs', running, { answer: 'yes', evidence: 'migrate of web-2 works' }],
    ['it is done', done, { answer: 'yes' }],
    ['it waits for its turn', initialising, { answer: 'no', evidence: 'no new pod runs yet' }],
    ['it failed', failed, { answer: 'no' }],
    ['it crashes as before', waiting, { answer: 'no' }],
  ])('%s', async (_name, state, expected) => {
    expect(await proof(state)).toMatchObject(expected);
  });
});
