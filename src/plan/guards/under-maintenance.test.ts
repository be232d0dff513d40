import { describe, expect, test } from 'vitest';

import { healthy, now, pod, stack } from '../../../test/fakes/observation.ts';
import { saw } from '../../domain/looked.ts';
import { maintenanceAnnotation } from '../../domain/maintenance.ts';
import type { NodeFacts, Observation, WorkloadFacts } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
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

function judged(step: PlannedStep, changes: Partial<Observation>) {
  const observation = healthy({ pods: saw([web], 'API', now), ...changes });
  return underMaintenance.judge(step, { stack, observation, past: [], run: 'run', busy: new Set() });
}

const mark = (kind: string, name: string, text: string): Partial<Observation> => ({
  maintenance: saw([{ kind, name, text }], 'API', now),
});
const workload: WorkloadFacts = {
  kind: 'Deployment',
  namespace: web.namespace,
  name: 'web',
  wanted: 1,
  ready: 0,
  selector: { app: 'web' },
};
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
