import { describe, expect, test } from 'vitest';

import { boot, container, healthy, now, pod, pooler, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { couldNotLook, mayNotLook, saw } from '../domain/looked.ts';
import type { ContainerFacts, Observation, PodFacts, PoolerFacts } from '../domain/observation.ts';
import { makePlan } from '../plan/make-plan.ts';

function judged(observation: Observation, firstSeen: number | null = boot, shop = stack) {
  const check = { stack: shop, firstSeen: () => firstSeen ?? undefined };
  const findings = diagnose(observation, check);
  const context = { stack: shop, observation, past: [], run: 'run', busy: new Set<string>() };
  return { findings, plan: makePlan(findings, check, context) };
}

const waiting = (changes: Partial<ContainerFacts>) =>
  container({ ready: false, state: 'waiting', image: 'shop:1', ...changes });

describe("the Secret of PgBouncer's own login", () => {
  const refused = { result: 'refused', message: 'server login has been failing' } as const;
  const of = (changes: Partial<PoolerFacts>) =>
    judged(healthy({ poolers: saw([pooler({ login: refused, ...changes })], 'poolers', now) }));

  test.each([
    ['missing', saw('missing' as const, 'Secret', now), /is missing or has no such key/],
    ['empty', saw('empty' as const, 'Secret', now), /empty value/],
    ['with a line break', saw('line-break' as const, 'Secret', now), /line break/],
    [
      'not to be read by this user',
      mayNotLook<'usable'>('403 forbidden', 'Secret', now),
      /cannot be read: 403/,
    ],
  ])('%s: nobody touches role or pooler, a person is told', (_name, secret, claim) => {
    const { plan } = of({ secret, ownRole: saw('rejected', 'primary', now) });
    expect(plan.tasks).toMatchObject([
      { fault: 'pooler-secret-unusable', reason: expect.stringMatching(claim) },
    ]);
    expect([plan.steps, plan.refusals]).toEqual([[], []]);
  });

  test('not read in time: that says nothing about the Secret, and no person is called for it', () => {
    const { findings, plan } = of({ secret: couldNotLook('no answer within 4 s', 'Secret', now) });
    expect(findings[0]).toMatchObject({ fault: 'pooler-secret-unusable', kind: 'unknown' });
    expect(plan.tasks).toEqual([]);
  });

  test('of its owner and rejected: the role, which others may use as well, is not changed', () => {
    const role = { namespace: 'shop', name: 'own', key: 'pass' };
    const poolers = stack.poolers.map((entry) => ({ ...entry, role: { user: role, password: role } }));
    const observation = healthy({
      poolers: saw([pooler({ login: refused, ownRole: saw('rejected', 'primary', now) })], 'poolers', now),
    });
    const { plan } = judged(observation, boot, { ...stack, poolers });
    expect([plan.steps, plan.refusals]).toEqual([[], []]);
    expect(plan.tasks).toMatchObject([
      {
        fault: 'pooler-role-rejected',
        byHand: expect.stringMatching(/Secret own.*key pass.*exec -it db-0/s),
      },
    ]);
  });

  test('usable: the usual remedies', () => {
    expect(of({}).plan.steps.map(({ step }) => step)).toEqual(['nudge-pooler']);
    const rejected = of({ ownRole: saw('rejected', 'primary', now) });
    expect(rejected.plan.steps.map(({ step }) => step)).toEqual(['sync-pooler-credentials']);
  });
});

describe('a container that cannot be created', () => {
  const later = boot + 120_000;
  const of = (
    changes: Partial<ContainerFacts>,
    firstSeen: number | null = boot,
    ofPod: Partial<PodFacts> = {},
  ) =>
    judged(
      {
        ...healthy({
          pods: saw([pod('web-1', { ready: false, containers: [waiting(changes)], ...ofPod })], 'API', later),
        }),
        at: later,
      },
      firstSeen,
    );

  test.each([
    [
      { reason: 'CreateContainerConfigError', message: 'secret "db" not found' },
      /Put secret db back into namespace shop/,
    ],
    [
      { reason: 'ImagePullBackOff', message: 'Back-off pulling image' },
      /k3d image import shop:1 --cluster shop/,
    ],
    [{ reason: 'CreateContainerError', message: 'no such device' }, /kubectl -n shop describe pod web-1/],
  ])('needs a person when it lasts: %j', (changes, byHand) => {
    const { findings, plan } = of(changes);
    expect(findings).toMatchObject([{ fault: 'container-not-created', kind: 'broken' }]);
    expect(plan.tasks[0]?.byHand).toMatch(byHand);
    expect(plan.steps).toEqual([]);
  });

  test('is waited for at first, and is not looked for where a container crashed', () => {
    const change = { reason: 'ErrImagePull', message: 'no such host' };
    expect(of(change, null).findings).toMatchObject([{ kind: 'settling' }]);
    expect(of(change, later - 30_000).findings).toMatchObject([{ kind: 'settling' }]);
    expect(of({ reason: 'CrashLoopBackOff' }).findings).toEqual([]);
  });

  test("is nobody's concern when its pod was evicted meanwhile", () => {
    const change = { reason: 'ImagePullBackOff', message: 'Back-off pulling image' };
    expect(of(change, boot, { phase: 'Failed', reason: 'Evicted' }).findings).toEqual([]);
  });

  test('of a Job is told, early and late, and is no reason to call the shop broken', () => {
    const change = { reason: 'ImagePullBackOff', message: 'Back-off pulling image' };
    const job = { owner: { kind: 'Job', name: 'report-29' } };
    for (const firstSeen of [null, boot])
      expect(of(change, firstSeen, job)).toMatchObject({
        findings: [{ fault: 'container-not-created', kind: 'notice' }],
        plan: { tasks: [] },
      });
  });
});

describe('a workload whose pods are not ready', () => {
  const labels = { app: 'web' };
  const wanted = {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    wanted: 1,
    ready: 0,
    selector: labels,
  } as const;
  const claimOf = (changes: Partial<PodFacts>) => {
    const pods = saw([pod('web-1', { labels, ready: false, ...changes })], 'API', now);
    const { findings } = judged(healthy({ pods, workloads: saw([wanted], 'API', now) }));
    return findings.find(({ fault }) => fault === 'workload-incomplete')?.claim;
  };

  test.each<[string, Partial<PodFacts>, string]>([
    [
      'no node takes one',
      { unscheduled: '0/1 nodes are available.', containers: [] },
      ' web-1 has no node: 0/1 nodes are available.',
    ],
    [
      'its init container fails',
      { initContainers: [waiting({ name: 'migrate', reason: 'CrashLoopBackOff', message: 'back-off 40s' })] },
      ' migrate of web-1: CrashLoopBackOff, back-off 40s.',
    ],
    ['it only takes its time', { containers: [waiting({ reason: 'ContainerCreating' })] }, ''],
    [
      'the one that fails is over',
      { phase: 'Failed', containers: [waiting({ reason: 'ErrImagePull' })] },
      '',
    ],
  ])('says why: %s', (_name, changes, why) => {
    expect(claimOf(changes)).toBe(`web: 0 of 1 pods are ready since the boot.${why}`);
  });
});
