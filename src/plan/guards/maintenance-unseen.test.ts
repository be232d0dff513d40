import { describe, expect, test } from 'vitest';

import { healthy, node, now, stack } from '../../../test/fakes/observation.ts';
import { couldNotLook, mayNotLook, saw, type Looked } from '../../domain/looked.ts';
import type { ObjectRef } from '../../domain/object-ref.ts';
import type { Observation } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { maintenanceUnseen } from './maintenance-unseen.ts';

const { namespace } = stack;
const onPod = { kind: 'Pod', namespace, name: 'web-1', uid: 'uid-of-web-1' };
const onRole = { kind: 'Role', namespace, name: 'db-pooler' };
const onNode = { kind: 'Container', name: 'agent-0' };
const onBalancer = { kind: 'Container', name: 'balancer' };
const onCluster = { kind: 'Cluster', name: 'shop' };
const onDns = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' };

const late = <T>(): Looked<T> => couldNotLook<T>('no answer within 4 s', 'API', now);
const forbidden = <T>(): Looked<T> => mayNotLook('not allowed', 'API', now);

function judged(target: ObjectRef, changes: Partial<Observation>) {
  const containers = saw([node('agent-0'), node('balancer', { role: 'loadbalancer' })], 'engine', now);
  const observation = healthy({ containers, ...changes });
  const step = { step: 'restart-crash-looping-pod', target } as unknown as PlannedStep;
  return maintenanceUnseen.judge(step, { stack, observation, past: [], run: 'run', busy: new Set() });
}

describe('whether somebody wants an object to be left alone', () => {
  test.each<readonly [string, ObjectRef, Partial<Observation>]>([
    ['the namespace and the databases', onPod, { maintenance: late() }],
    ['the workloads', onPod, { workloads: late() }],
    ['the workloads of a role', onRole, { workloads: late() }],
    ['the node', onNode, { nodes: late() }],
  ])('is waited for while it cannot be seen: %s', (_name, target, changes) => {
    expect(judged(target, changes)).toMatchObject({
      kind: 'wait',
      reason: expect.stringMatching(
        /^Whether somebody wants .* to be left alone could not be seen: no answer within 4 s\.$/,
      ) as string,
    });
  });

  const silent = { api: late<{ readonly ready: true }>(), nodes: late<never>(), workloads: late<never>() };
  test.each<readonly [string, ObjectRef, Partial<Observation>]>([
    ['everything was seen', onPod, {}],
    ['the API is silent, as it is after a boot: a node', onNode, { ...silent, maintenance: late() }],
    ['the API is silent, as it is after a boot: the cluster', onCluster, { ...silent, maintenance: late() }],
    ['a load balancer is no node, and nobody can mark it', onBalancer, { nodes: late() }],
    ['the DNS is not in the namespace', onDns, { workloads: late(), maintenance: late() }],
    ['this user may not read it, now or later', onPod, { workloads: forbidden(), maintenance: forbidden() }],
    ['this user may not read nodes', onNode, { nodes: forbidden() }],
    ['nodes do not matter to a pod', onPod, { nodes: late() }],
    ['workloads do not matter to a node', onNode, { workloads: late(), maintenance: late() }],
  ])('does not hold up a step when %s', (_name, target, changes) => {
    expect(judged(target, changes)).toBeUndefined();
  });
});
