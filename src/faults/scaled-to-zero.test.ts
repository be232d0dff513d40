import { describe, expect, test } from 'vitest';

import { boot, container, healthy, now, pod, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { saw } from '../domain/looked.ts';
import type { Observation, WorkloadFacts } from '../domain/observation.ts';
import type { Component, Stack } from '../domain/stack.ts';
import { makePlan } from '../plan/make-plan.ts';

const component = (kind: string, name: string, dependsOn: readonly string[]): Component => ({
  ref: { kind, namespace: 'shop', name },
  adapter: name === 'redis' ? 'redis' : 'web',
  dependsOn,
  why: 'test',
  podLabels: { app: name },
});
const shop: Stack = {
  ...stack,
  components: [
    component('StatefulSet', 'redis', []),
    component('Deployment', 'django', ['StatefulSet/redis']),
    component('Deployment', 'nginx', ['Deployment/django']),
  ],
};
const byKubectl = { generation: 5, scaledBy: { manager: 'kubectl', at: boot - 60_000 } };

function workload(changes: Partial<WorkloadFacts>): WorkloadFacts {
  const own = { kind: 'StatefulSet', namespace: 'shop', name: 'redis', selector: { app: 'redis' } } as const;
  return { ...own, wanted: 0, ready: 0, ...byKubectl, ...changes };
}

function judged(observation: Observation, of: Stack = shop) {
  const check = { stack: of, firstSeen: () => boot };
  const findings = diagnose(observation, check);
  const context = { stack: of, observation, past: [], run: 'run', busy: new Set<string>() };
  return { findings, plan: makePlan(findings, check, context) };
}

const serving = (name: string) => pod(`${name}-1`, { labels: { app: name } });
const down = (name: string) =>
  pod(`${name}-1`, { labels: { app: name }, ready: false, containers: [container({ ready: false })] });

const silent = (workloads: readonly WorkloadFacts[]) =>
  judged(healthy({ dns: saw({ servers: [], workloads }, 'DNS', now) }));

describe('a workload that was scaled to 0', () => {
  test('is worth a notice while nothing misses it', () => {
    const { findings, plan } = judged(
      healthy({
        workloads: saw([workload({})], 'API', now),
        pods: saw([serving('django'), serving('nginx')], 'API', now),
      }),
    );
    expect(findings).toMatchObject([{ fault: 'workload-scaled-to-zero', kind: 'notice', layer: 'cache' }]);
    expect(findings[0]?.claim).toMatch(/scaled to 0 by kubectl at 2026-01-01T11:59:00.000Z/);
    expect(findings[0]?.evidence[0]?.value).toBe('0 (generation 5)');
    expect([plan.steps, plan.tasks]).toEqual([[], []]);
  });

  test('is told without a name when the API keeps none', () => {
    const { scaledBy: _, ...anonymous } = workload({ statusChangedAt: boot - 30_000 });
    const { findings } = judged(healthy({ workloads: saw([anonymous], 'API', now) }));
    expect(findings[0]?.claim).toMatch(/\(by whom the API does not keep; .* at 2026-01-01T11:59:30.000Z\)/);
  });

  test('is named as the reason when others do not work without it, and left to a person', () => {
    const { findings, plan } = judged(
      healthy({
        workloads: saw([workload({ appliedReplicas: 2 })], 'API', now),
        pods: saw([down('django'), down('nginx')], 'API', now),
      }),
    );
    expect(findings[0]).toMatchObject({ kind: 'broken' });
    expect(findings[0]?.claim).toMatch(/Without it these do not work: django, nginx\.$/);
    expect(plan.steps).toEqual([]);
    expect(plan.refusals).toEqual([]);
    const byHand = 'kubectl -n shop scale statefulset/redis --replicas=2';
    expect(plan.tasks).toMatchObject([{ fault: 'workload-scaled-to-zero', byHand }]);
    expect(plan.hopes).toEqual([]);
  });

  test('is broken when it is the front door itself', () => {
    const frontDoor = { podLabels: { app: 'nginx' } } as unknown as NonNullable<Stack['frontDoor']>;
    const nginx = workload({ kind: 'Deployment', name: 'nginx', selector: { app: 'nginx', tier: 'edge' } });
    const { findings } = judged(healthy({ workloads: saw([nginx], 'API', now) }), { ...shop, frontDoor });
    expect(findings).toMatchObject([{ fault: 'workload-scaled-to-zero', kind: 'broken' }]);
  });
});

describe('a cluster DNS without a server', () => {
  const coredns = workload({ kind: 'Deployment', namespace: 'kube-system', name: 'coredns', selector: {} });

  test('is scaled up when it was scaled to 0', () => {
    const { findings, plan } = silent([coredns]);
    expect(findings.map(({ fault, kind }) => `${fault} ${kind}`)).toEqual(['dns-scaled-to-zero broken']);
    expect(plan.steps).toMatchObject([{ step: 'scale-up', parameters: { replicas: '1' } }]);
  });

  test('is not touched when it wants pods and has none yet', () => {
    const { findings, plan } = silent([{ ...coredns, wanted: 1 }]);
    expect(findings.map(({ fault, kind }) => `${fault} ${kind}`)).toEqual(['dns-silent broken']);
    expect(plan.steps).toEqual([]);
  });
});
