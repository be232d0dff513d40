import { describe, expect, test } from 'vitest';

import { healthy, now, pod, stack } from '../../../test/fakes/observation.ts';
import { saw } from '../../domain/looked.ts';
import { maintenanceAnnotation } from '../../domain/maintenance.ts';
import type { NodeFacts, Observation, WorkloadFacts } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { DatabaseComponent, Stack } from '../../domain/stack.ts';
import type { PastAction } from '../history.ts';
import { anotherAtWork } from './another-at-work.ts';
import { underMaintenance } from './under-maintenance.ts';

const web = pod('web-1', {
  namespace: stack.namespace,
  labels: { app: 'web', 'cluster-name': 'shop-db' },
  owner: { kind: 'ReplicaSet', name: 'web-abc' },
  createdAt: now - 30_000,
});
const onPod = {
  step: 'restart-crash-looping-pod',
  target: { kind: 'Pod', namespace: web.namespace, name: web.name, uid: web.uid },
  parameters: { owner: 'web-abc' },
} as unknown as PlannedStep;
const onNode = {
  step: 'start-node',
  target: { kind: 'Container', name: 'agent-0' },
} as unknown as PlannedStep;
const onRole = {
  step: 'sync-pooler-credentials',
  target: { kind: 'Role', namespace: stack.namespace, name: 'db-pooler' },
} as unknown as PlannedStep;
const onDns = {
  step: 'scale-up',
  target: { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' },
} as unknown as PlannedStep;

/** The database behind the pooler. */
const shop: Stack = {
  ...stack,
  databases: [
    {
      namespace: stack.namespace,
      cluster: 'shop-db',
      memberLabels: { application: 'spilo', 'cluster-name': 'shop-db' },
    } as unknown as DatabaseComponent,
  ],
};

function judged(step: PlannedStep, changes: Partial<Observation>) {
  const observation = healthy({ pods: saw([web], 'API', now), ...changes });
  return underMaintenance.judge(step, { stack: shop, observation, past: [], run: 'run', busy: new Set() });
}

const mark = (kind: string, name: string, text: string): Partial<Observation> => ({
  maintenance: saw({ marks: [{ kind, name, text }], forbidden: [] }, 'API', now),
});
const workload: WorkloadFacts = {
  kind: 'Deployment',
  namespace: web.namespace,
  name: 'web',
  wanted: 1,
  ready: 0,
  selector: { app: 'web' },
};
const poolers: WorkloadFacts = {
  ...workload,
  name: 'db-pooler',
  selector: { application: 'db-connection-pooler' },
  maintenance: 'new image',
};
const members: WorkloadFacts = {
  ...workload,
  kind: 'StatefulSet',
  name: 'shop-db',
  selector: { application: 'spilo', 'cluster-name': 'shop-db' },
  maintenance: 'bigger disks',
};
const coredns: WorkloadFacts = { ...workload, namespace: 'kube-system', name: 'coredns', selector: {} };
const noDns = (maintenance: string): Partial<Observation> => ({
  dns: saw({ servers: [], workloads: [{ ...coredns, maintenance }] }, 'DNS', now),
});
const agent: NodeFacts = { name: 'agent-0', ready: false, unschedulable: false };

describe('what somebody wants to be left alone', () => {
  test.each<readonly [string, PlannedStep, Partial<Observation>, RegExp]>([
    ['a namespace', onPod, mark('Namespace', stack.namespace, 'migration'), /^Namespace .* \(migration\)\.$/],
    ['a database cluster', onPod, mark('postgresql', 'shop-db', 'upgrade'), /^postgresql shop-db/],
    [
      'a workload',
      onPod,
      { workloads: saw([{ ...workload, maintenance: 'debugging' }], 'API', now) },
      /^Deployment web is to be left alone until the annotation is removed \(debugging\)/,
    ],
    [
      'the pod itself, until a time',
      onPod,
      {
        pods: saw(
          [{ ...web, annotations: { [maintenanceAnnotation]: new Date(now + 60_000).toISOString() } }],
          'API',
          now,
        ),
      },
      /^Pod web-1 is to be left alone until \d{4}-\d{2}-\d{2} \d{2}:\d{2}\.$/,
    ],
    [
      'a node',
      onNode,
      { nodes: saw([{ ...agent, maintenance: 'new disk' }], 'API', now) },
      /^Container agent-0/,
    ],
    ['the pooler of a role', onRole, { workloads: saw([poolers], 'API', now) }, /^Deployment db-pooler is/],
    [
      'what runs the database of a role',
      onRole,
      { workloads: saw([members], 'API', now) },
      /^StatefulSet sh/,
    ],
    ['the database of a role', onRole, mark('postgresql', 'shop-db', 'upgrade'), /^postgresql shop-db is/],
    ['the namespace of a role', onRole, mark('Namespace', stack.namespace, 'move'), /^Namespace/],
    ["the cluster's DNS", onDns, noDns('another DNS is tried'), /^Deployment coredns is .*another DNS/],
  ])('is left alone: %s', (_name, step, changes, reason) => {
    expect(judged(step, changes)).toMatchObject({
      kind: 'choice',
      reason: expect.stringMatching(reason) as string,
    });
  });

  test.each<readonly [string, PlannedStep, Partial<Observation>]>([
    ['nobody asked', onPod, {}],
    ['the time is over', onPod, mark('Namespace', stack.namespace, new Date(now - 1).toISOString())],
    ['another database cluster is meant', onPod, mark('postgresql', 'other-db', 'upgrade')],
    ['a node is no part of the namespace', onNode, mark('Namespace', stack.namespace, 'migration')],
    ['another database than the one of the role is meant', onRole, mark('postgresql', 'other-db', 'upgrade')],
    [
      'another workload than the one of the role is meant',
      onRole,
      { workloads: saw([{ ...workload, maintenance: 'x' }], 'API', now) },
    ],
    [
      "a workload has only the DNS's name",
      onDns,
      { workloads: saw([{ ...coredns, namespace: stack.namespace, maintenance: 'x' }], 'API', now) },
    ],
  ])('is helped: %s', (_name, step, changes) => {
    expect(judged(step, changes)).toBeUndefined();
  });
});

const context = (past: readonly PastAction[], createdAt = web.createdAt, isAgent = true) => ({
  stack,
  observation: healthy({ pods: saw([{ ...web, createdAt }], 'API', now) }),
  past,
  run: 'run',
  busy: new Set<string>(),
  restraint: isAgent ? { perObjectAndHour: 6, perHour: 30 } : undefined,
});

const ours = (at: number): PastAction => ({
  action: 'a',
  run: 'r',
  step: 'restart-crash-looping-pod',
  target: 'Pod shop/web-0',
  owner: 'web-abc',
  intendedAt: at,
});

describe('a pod that was made anew a moment ago', () => {
  test('by somebody else is left to them by an agent, for a while', () => {
    expect(anotherAtWork.judge(onPod, context([]))).toMatchObject({
      kind: 'wait',
      reason: expect.stringContaining('was made anew 30 s ago, and not by this program') as string,
    });
    expect(anotherAtWork.judge(onPod, context([], now - 121_000))).toBeUndefined();
    expect(anotherAtWork.judge(onPod, context([], web.createdAt, false))).toBeUndefined();
  });

  test('by this program is not', () => {
    expect(anotherAtWork.judge(onPod, context([ours(web.createdAt - 2000)]))).toBeUndefined();
    expect(anotherAtWork.judge(onPod, context([ours(web.createdAt - 600_000)]))).toBeDefined();
  });
});
