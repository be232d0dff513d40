import { describe, expect, test } from 'vitest';

import { boot, container, healthy, node, now, pod, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { saw } from '../domain/looked.ts';
import type { Observation, PodFacts } from '../domain/observation.ts';
import { makePlan } from '../plan/make-plan.ts';

const check = { stack, firstSeen: () => boot };

function judged(observation: Observation) {
  const findings = diagnose(observation, check);
  const context = { stack, observation, past: [], run: 'run', busy: new Set<string>() };
  const plan = makePlan(findings, check, context);
  return {
    found: findings.map(({ fault, kind, object }) => `${fault} ${kind} ${object.name}`),
    steps: plan.steps.map(({ step, target }) => `${step} ${target.name}`),
    refusals: plan.refusals.map(({ guard, reason }) => `${guard}: ${reason}`),
  };
}

const labels = { app: 'web' };
const web = {
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  wanted: 1,
  ready: 1,
  selector: labels,
} as const;

describe('the entry of a failed pod', () => {
  const evicted = pod('web-old', {
    labels,
    phase: 'Failed',
    reason: 'Evicted',
    message: 'The node was low on resource: memory.',
    ready: false,
    containers: [],
  });
  const shop = (changes: Partial<PodFacts>, others: readonly PodFacts[] = [pod('web-new', { labels })]) =>
    judged(
      healthy({
        pods: saw([{ ...evicted, ...changes }, ...others], 'API', now),
        workloads: saw([web], 'API', now),
      }),
    );

  test('is removed when the pod was replaced, and is no reason to be unhealthy', () => {
    const { found, steps } = shop({});
    expect(found).toEqual(['pod-left-over notice web-old']);
    expect(steps).toEqual(['delete-left-over-pod web-old']);
  });

  test.each([
    ['a finished Job', { owner: { kind: 'Job', name: 'backup' } }],
    ['a pod of nobody', { owner: undefined as never }],
    ['a pod that did not fail', { phase: 'Succeeded' }],
    ['a pod that is being deleted', { deleting: true }],
    ['a pod of which something runs', { containers: [container({})] }],
  ])('is left alone: %s', (_name, changes) => {
    expect(shop(changes).steps).toEqual([]);
  });

  test('is left alone while its workload lacks a pod', () => {
    expect(shop({}, []).steps).toEqual([]);
    expect(shop({}, [pod('web-new', { labels, ready: false })]).steps).toEqual([]);
  });
});

describe('a pod that ended with the power', () => {
  const at = boot + 90_000;
  const ended = container({
    ready: false,
    state: 'terminated',
    reason: 'Unknown',
    exitCode: 255,
    lastExit: { exitCode: 255, finishedAt: boot + 2000 },
  });
  const reported = { name: 'server-0', ready: true, unschedulable: false, leaseRenewedAt: at - 5000 };
  const stuck = (changes: Partial<PodFacts> = {}, seen: Partial<Observation> = {}) =>
    judged({
      ...healthy({
        containers: saw([node('server-0', { role: 'server' })], 'engine', at),
        nodes: saw([reported], 'API', at),
        pods: saw([pod('web-1', { ready: false, containers: [ended], ...changes }), pod('web-2')], 'API', at),
      }),
      at,
      ...seen,
    });

  test('is deleted when its kubelet starts others and not this one', () => {
    expect(stuck()).toMatchObject({
      found: ['pod-stuck-after-boot broken web-1'],
      steps: ['restart-stuck-pod web-1'],
    });
  });

  test.each([
    ['its node is just up', {}, { at: boot + 30_000 }],
    [
      'its kubelet was not heard since',
      {},
      { nodes: saw([{ ...reported, leaseRenewedAt: boot - 1000 }], 'API', at) },
    ],
    ['its node has started nothing', { node: 'agent-0' }, {}],
    ['it runs again', { containers: [container({})] }, {}],
    ['it is being deleted', { deleting: true }, {}],
    ['it was one of a Job, and is over', { phase: 'Failed', owner: { kind: 'Job', name: 'report-1' } }, {}],
    [
      'an init container runs since the boot',
      { initContainers: [container({ startedAt: boot + 3000 })] },
      {},
    ],
    [
      'an init container has failed since the boot and is tried again',
      {
        initContainers: [container({ state: 'waiting', lastExit: { exitCode: 1, startedAt: boot + 3000 } })],
      },
      {},
    ],
  ])('is left alone while %s', (_name, changes, seen) => {
    expect(stuck(changes, seen as Partial<Observation>).found).toEqual([]);
  });

  test('is deleted when its init container ended with the power as well', () => {
    const init = container({ state: 'terminated', lastExit: { exitCode: 255, startedAt: boot - 5000 } });
    expect(stuck({ initContainers: [init] }).steps).toEqual(['restart-stuck-pod web-1']);
  });

  test('is refused where two could write to one volume, or nobody makes it again', () => {
    const member = { labels: { application: 'spilo' }, owner: { kind: 'StatefulSet', name: 'db' } };
    expect(stuck(member)).toMatchObject({ steps: [], refusals: [expect.stringContaining('Patroni alone')] });
    expect(stuck({ owner: undefined as never })).toMatchObject({ steps: [] });
    const set = { owner: { kind: 'StatefulSet', name: 'redis' } };
    expect(stuck(set).steps).toEqual(['restart-stuck-pod web-1']);
    const before = container({ ...ended, lastExit: { exitCode: 255, finishedAt: boot - 60_000 } });
    expect(stuck({ ...set, containers: [before] })).toMatchObject({
      steps: [],
      refusals: [expect.stringContaining('may still run')],
    });
  });

  test('is left alone when files in an emptyDir would go with it', () => {
    expect(stuck({ emptyDirs: ['uploads'] })).toMatchObject({
      steps: [],
      refusals: [expect.stringContaining('files-in-empty-dir')],
    });
  });
});
