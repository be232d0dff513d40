import { describe, expect, test } from 'vitest';

import { boot, container, healthy, node, now, pod, stack } from '../../../test/fakes/observation.ts';
import { couldNotLook, saw } from '../../domain/looked.ts';
import type { NodeFacts, Observation, PodFacts } from '../../domain/observation.ts';
import type { StepName } from '../../domain/plan.ts';
import { unsafeToRecreate } from './unsafe-to-recreate.ts';

const waiting = container({
  state: 'waiting',
  reason: 'CrashLoopBackOff',
  lastExit: { exitCode: 1, finishedAt: boot + 9000 },
});
const redis = pod('redis-0', { owner: { kind: 'StatefulSet', name: 'redis' }, containers: [waiting] });
const lease = (changes: Partial<NodeFacts> = {}): NodeFacts => ({
  name: 'server-0',
  ready: true,
  unschedulable: false,
  leaseRenewedAt: now - 5000,
  ...changes,
});

function refusal(
  changes: Partial<PodFacts> = {},
  others: Partial<Observation> = {},
  step: StepName = 'restart-crash-looping-pod',
) {
  const target = { ...redis, ...changes };
  const observation = healthy({
    nodes: saw([lease()], 'API', now),
    pods: saw([target], 'API', now),
    ...others,
  });
  const planned = {
    step,
    target: { kind: 'Pod', namespace: 'shop', name: target.name, uid: target.uid },
    risk: 'disruptive',
    because: 'crash-loop-tail',
    reason: '',
    provenBy: '',
    undo: '',
    evidenceAt: now,
    parameters: {},
  } as const;
  return unsafeToRecreate.judge(planned, { stack, observation, past: [], run: 'run', busy: new Set() });
}

const finishedAt = (at: number) => container({ ...waiting, lastExit: { exitCode: 1, finishedAt: at } });

describe('a pod of a StatefulSet', () => {
  test('may be deleted when its kubelet has seen every container end since the boot', () => {
    expect(refusal()).toBeUndefined();
  });

  test.each<[string, RegExp, Partial<PodFacts>, Partial<Observation>?]>([
    ['a member by label', /Patroni/, { labels: { application: 'spilo' } }],
    [
      'a member whoever owns it',
      /Patroni/,
      { labels: { application: 'spilo' }, owner: { kind: 'ReplicaSet', name: 'db' } },
    ],
    ['a member by cluster', /Patroni/, { labels: { 'cluster-name': 'db' } }],
    ['a node that nobody knows', /server-9 is not seen/, { node: 'server-9' }],

    [
      'a stopped node',
      /not seen to run/,
      {},
      { containers: saw([node('server-0', { state: 'exited' })], 'engine', now) },
    ],
    [
      'an engine that does not answer',
      /not seen to run/,
      {},
      { containers: couldNotLook('no', 'engine', now) },
    ],
    ['no Lease', /has not reported/, {}, { nodes: saw([], 'API', now) }],
    ['nodes that could not be read', /has not reported/, {}, { nodes: couldNotLook('no', 'API', now) }],
    [
      'a Lease from before the boot',
      /has not reported/,
      {},
      { nodes: saw([lease({ leaseRenewedAt: boot - 1 })], 'API', now) },
    ],
    [
      'an old Lease',
      /has not reported/,
      {},
      { nodes: saw([lease({ leaseRenewedAt: now - 21_000 })], 'API', now) },
    ],
    ['a running container', /may still run/, { containers: [waiting, container()] }],
    ['a running sidecar', /may still run/, { initContainers: [container()] }],
    ['a container that nobody knows', /may still run/, { containers: [] }],
    ['an end from before the boot', /may still run/, { containers: [finishedAt(boot - 1)] }],
    [
      'no end',
      /may still run/,
      { containers: [container({ state: 'waiting', reason: 'ContainerCreating' })] },
    ],
    [
      'another controller',
      /DaemonSet redis, and that controller/,
      { owner: { kind: 'DaemonSet', name: 'redis' } },
    ],
  ])('is left alone with %s', (_name, reason, changes, others) => {
    expect(refusal(changes, others)).toMatchObject({
      reason: expect.stringMatching(reason) as string,
      kind: 'wait',
    });
  });

  test('is no concern of a step that deletes nothing', () => {
    expect(refusal({ containers: [container()] }, {}, 'trim-append-only-file')).toBeUndefined();
  });
});

test('a pod of a ReplicaSet may be deleted, one without a controller may not', () => {
  expect(refusal({ owner: { kind: 'ReplicaSet', name: 'web' } }, {}, 'restart-pooler')).toBeUndefined();
  expect(refusal({}, { pods: saw([], 'API', now) })).toMatchObject({
    reason: 'No controller would make it again.',
  });
});

test.each(['StatefulSet', 'ReplicaSet'])(
  'a pod of a %s keeps its place on a node that takes no new pods',
  (kind) => {
    const nodes = saw([lease({ unschedulable: true })], 'API', now);
    expect(refusal({ owner: { kind, name: 'redis' } }, { nodes })).toMatchObject({
      reason: expect.stringMatching(/server-0 takes no new pods/) as string,
      advice: expect.stringMatching(/kubectl uncordon server-0/) as string,
      kind: 'choice',
    });
  },
);
