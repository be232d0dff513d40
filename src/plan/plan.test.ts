import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { anyCrashTail, anyObservation } from '../../test/fakes/any-observation.ts';
import { boot, container, healthy, node, now, pod, pooler, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { layers } from '../domain/finding.ts';
import { couldNotLook, saw, seen } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import { refText } from '../domain/object-ref.ts';
import { reservedBy } from '../domain/plan.ts';
import { poolerProfiles } from '../domain/pooler-profiles.ts';
import { anyContainerRuns, workingContainers } from '../domain/running-containers.ts';
import type { Component, DatabaseComponent, Stack } from '../domain/stack.ts';
import { deletesPod } from './guards/deletes-pod.ts';
import { makePlan } from './make-plan.ts';
import type { PastAction } from './history.ts';

const check = { stack, firstSeen: () => boot };
const banned = healthy({
  poolers: saw([pooler({ login: { result: 'refused', message: 'server_login_retry' } })], 'poolers', now),
});

function plan(observation: Observation, past: readonly PastAction[] = [], busy: readonly string[] = []) {
  const context = { stack, observation, past, run: 'run', busy: new Set(busy) };
  return makePlan(diagnose(observation, check), check, context);
}

const target = 'Pod shop/db-pooler-1';
const earlier = (secondsAgo: number): PastAction => ({
  action: `a${secondsAgo}`,
  run: 'run',
  step: 'nudge-pooler',
  target,
  intendedAt: now - secondsAgo * 1000,
  actedAt: now - secondsAgo * 1000,
  acted: 'done',
});
const untouched = (secondsAgo: number): PastAction => ({
  ...earlier(secondsAgo),
  acted: 'failed',
  untouched: true,
});
const helped = (secondsAgo: number): PastAction => ({ ...earlier(secondsAgo), verified: 'yes' });

const restarted = (index: number): PastAction => ({
  ...helped(400 - index * 20),
  step: 'restart-crash-looping-pod',
  target: `Pod shop/web-${index}`,
  owner: 'web-set',
});

describe('reasons not to act', () => {
  test('an object that was just acted on is left to show the effect', () => {
    expect(plan(banned, [earlier(2)]).refusals.map((refusal) => refusal.guard)).toEqual(['recently-acted']);
    expect(plan(banned, [earlier(20)]).steps).toHaveLength(1);
  });

  test('an action that ended before it touched anything has no effect to wait for, and was not in vain', () => {
    expect(plan(banned, [untouched(1)]).steps).toHaveLength(1);
    expect(plan(banned, [4, 3, 2, 1].map(untouched)).steps).toHaveLength(1);
    expect(plan(banned, [9, 8, 7, 6, 5, 4, 3, 2, 1].map(untouched)).refusals).toMatchObject([
      { guard: 'budget-spent' },
    ]);
  });

  test('evidence from a clock that was set back does not count', () => {
    expect(plan(banned, [earlier(-3600)]).refusals.map((refusal) => refusal.guard)).toEqual([
      'recently-acted',
    ]);
  });

  test('a spent budget needs a human', () => {
    const [refusal] = plan(banned, [earlier(60), earlier(40), earlier(20)]).refusals;
    expect(refusal).toMatchObject({ guard: 'budget-spent', kind: 'human' });
    expect(refusal?.reason).toContain('did not help');
  });

  test('what helped and comes again may be done again, but not for ever', () => {
    const often = [90, 80, 70, 60, 50, 40, 30, 20].map(helped);
    expect(plan(banned, often).steps).toHaveLength(1);
    const [refusal] = plan(banned, [helped(100), ...often]).refusals;
    expect(refusal).toMatchObject({ guard: 'budget-spent', kind: 'human' });
    expect(refusal?.reason).toContain('did not last');
  });

  test('a pod whose successors crash as well is not deleted for ever', () => {
    const crashing = healthy({
      pods: saw(
        [
          pod('web', {
            ready: false,
            containers: [
              container({
                state: 'waiting',
                reason: 'CrashLoopBackOff',
                message: 'back-off 20s restarting failed container',
                lastExit: { exitCode: 1, finishedAt: now - 1000 },
              }),
            ],
          }),
        ],
        'API',
        now,
      ),
      crashes: saw([{ pod: 'web', container: 'main', lines: 'host not found in upstream' }], 'logs', now),
      workloads: saw([], 'API', now),
    });
    const of = (past: readonly PastAction[]) => {
      const own = { stack, firstSeen: () => boot };
      const context = { stack, observation: crashing, past, run: 'run', busy: new Set<string>() };
      return makePlan(diagnose(crashing, own), own, context);
    };
    expect(of([0, 1, 2, 3, 4, 5, 6, 7].map(restarted)).steps).toHaveLength(1);
    expect(of([0, 1, 2, 3, 4, 5, 6, 7, 8].map(restarted)).refusals).toMatchObject([
      { guard: 'budget-spent', kind: 'human', reason: expect.stringContaining('tried 9 times') },
    ]);
  });

  test('a pod waits while nobody can see whether it is to be left alone; what the API cannot tell after a boot does not', () => {
    const late = couldNotLook<never>('no answer within 4 s', 'API', now);
    expect(plan({ ...banned, maintenance: late })).toMatchObject({
      steps: [],
      refusals: [{ guard: 'maintenance-unseen', kind: 'wait' }],
    });
    const stopped = saw([node('server-0', { role: 'server', state: 'exited' })], 'engine', now);
    const silent = { api: late, nodes: late, pods: late, workloads: late, maintenance: late };
    expect(plan(healthy({ containers: stopped, ...silent }))).toMatchObject({
      steps: [{ step: 'start-cluster' }],
      refusals: [],
    });
  });

  test('an object with an action under way is not touched', () => {
    expect(plan(banned, [], [target]).refusals.map((refusal) => refusal.guard)).toEqual([
      'one-action-per-object',
    ]);
  });
});

const crashedWeb = container({
  state: 'waiting',
  reason: 'CrashLoopBackOff',
  message: 'back-off 1m20s restarting failed container',
  lastExit: { exitCode: 1, finishedAt: now - 1000 },
});
const full = (name: string) =>
  pod(name, {
    ready: false,
    containers: [crashedWeb],
    emptyDirs: ['uploads'],
    owner: { kind: 'ReplicaSet', name: 'web-set' },
  });

/** Crashed pods whose volumes hold a file, and what they died of works again. */
const keeping = (names: readonly string[], changes: Partial<Observation> = {}) =>
  healthy({
    pods: saw(names.map(full), 'API', now),
    crashes: saw(
      names.map((name) => ({ pod: name, container: 'main', lines: 'host not found in upstream' })),
      'logs',
      now,
    ),
    emptyDirs: saw(
      names.map((name) => ({
        podUid: `uid-of-${name}`,
        volume: 'uploads',
        files: saw({ names: ['a.jpg'], isWhole: true }, 'node', now),
      })),
      'emptyDir volumes',
      now,
    ),
    workloads: saw([], 'API', now),
    ...changes,
  });

function planKeeping(observation: Observation, copyOut?: string, busy: readonly string[] = []) {
  const context = { stack, observation, past: [], run: 'run', busy: new Set(busy), copyOut };
  return makePlan(diagnose(observation, check), check, context);
}

describe('a crashed pod that keeps files', () => {
  test('is left alone, and the reader is told what to do', () => {
    const { steps, refusals } = planKeeping(keeping(['web-1']));
    expect(steps).toEqual([]);
    expect(refusals).toMatchObject([{ guard: 'files-in-empty-dir', kind: 'choice' }]);
  });

  test('is restarted with its files when the user has named a folder for them', () => {
    const { steps, refusals } = planKeeping(keeping(['web-1']), '/copies/run');
    expect(refusals).toEqual([]);
    expect(steps).toMatchObject([
      {
        step: 'restart-pod-with-its-files',
        risk: 'disruptive',
        target: { name: 'web-1', uid: 'uid-of-web-1' },
        parameters: { owner: 'web-set', copyOut: '/copies/run' },
      },
    ]);
  });

  test('waits for another one of the same owner, so that no two give their files to the same new pod', () => {
    const both = keeping(['web-1', 'web-2']);
    const { steps, refusals } = planKeeping(both, '/copies/run');
    expect(steps.map(({ target: { name } }) => name)).toEqual(['web-1']);
    expect(refusals).toMatchObject([{ guard: 'one-action-per-object', target: { name: 'web-2' } }]);
    const underWay = steps.flatMap((step) => reservedBy(step));
    expect(planKeeping(keeping(['web-2']), '/copies/run', underWay).steps).toEqual([]);
  });

  test.each<[string, Partial<Observation>]>([
    ['nobody has looked', { emptyDirs: saw([], 'emptyDir volumes', now) }],
    ['nobody could look', { emptyDirs: couldNotLook('no engine', 'emptyDir volumes', now) }],
    [
      'its controller is not known',
      { pods: saw([{ ...full('web-1'), owner: { kind: 'DaemonSet', name: 'web' } }], 'API', now) },
    ],
    [
      'something in it runs',
      { pods: saw([{ ...full('web-1'), initContainers: [container()] }], 'API', now) },
    ],
  ])('stays as it is when %s, whatever the user named', (_name, changes) => {
    const { steps, refusals } = planKeeping(keeping(['web-1'], changes), '/copies/run');
    expect(steps).toEqual([]);
    expect(refusals.map(({ kind }) => kind)).toEqual(['wait']);
  });
});

const web = (name: string): Omit<Component, 'dependsOn'> => ({
  ref: { kind: 'Deployment', namespace: 'shop', name },
  adapter: 'web',
  why: 'test',
  podLabels: { app: 'web' },
});
const known: Stack = {
  ...stack,
  poolerProfile: { name: 'patience', settings: poolerProfiles.patience },
  databases: [
    {
      namespace: 'shop',
      cluster: 'db',
      memberLabels: { application: 'spilo' },
    } as unknown as DatabaseComponent,
  ],
  components: [
    { ...web('a'), dependsOn: [] },
    { ...web('b'), dependsOn: ['Deployment/a'] },
  ],
  frontDoor: { podLabels: { app: 'web' } } as unknown as NonNullable<Stack['frontDoor']>,
};

/** The plan for a stack of which everything is known; whether a finding is old is up to the caller. */
function planned(observation: Observation, copyOut?: string) {
  const own = { stack: known, firstSeen: () => boot };
  const context = { stack: known, observation, past: [], run: 'run', busy: new Set<string>(), copyOut };
  return makePlan(diagnose(observation, own), own, context);
}

const isMove = ({ step }: { readonly step: string }) => step === 'restart-pod-with-its-files';

describe('any observation', () => {
  test('gives the same findings and the same plan twice, and no destructive step', () => {
    fc.assert(
      fc.property(anyObservation, (observation) => {
        const first = planned(observation);
        expect(planned(observation)).toEqual(first);
        expect(first.steps.every((step) => step.risk !== 'destructive')).toBe(true);
      }),
    );
  });

  test('gives a plan in which no two steps act on one object', () => {
    fc.assert(
      fc.property(anyObservation, (observation) => {
        const targets = planned(observation).steps.map((step) => refText(step.target));
        expect(new Set(targets).size).toBe(targets.length);
      }),
    );
  });

  test('gives a plan from the bottom layer up, in which nothing above waits for a person below', () => {
    fc.assert(
      fc.property(anyObservation, (observation) => {
        const own = { stack: known, firstSeen: () => boot };
        const findings = diagnose(observation, own);
        const { steps, tasks } = planned(observation);
        const layerOf = (because: string) =>
          Math.min(
            ...findings.filter(({ fault }) => fault === because).map(({ layer }) => layers.indexOf(layer)),
          );
        const order = steps.map(({ because }) => layerOf(because));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        const forPeople = new Set(tasks.map(({ fault }) => fault));
        for (const { because } of steps) expect(forPeople.has(because)).toBe(false);
      }),
    );
  });

  test('deletes no pod of a database, none for a crash in which something works, and none whose files nobody has seen to be none', () => {
    fc.assert(
      fc.property(fc.oneof(anyObservation, anyCrashTail), (observation) => {
        for (const step of planned(observation).steps.filter(deletesPod)) {
          const doomed = seen(observation.pods)?.find(({ uid }) => uid === step.target.uid);
          expect(doomed?.labels['application']).not.toBe('spilo');
          const isForCrash = step.step === 'restart-crash-looping-pod';
          expect(isForCrash && doomed ? workingContainers(doomed) : []).toEqual([]);
          for (const volume of doomed?.emptyDirs ?? []) {
            const facts = seen(observation.emptyDirs) ?? [];
            const found = facts.find((entry) => entry.podUid === step.target.uid && entry.volume === volume);
            expect(found && seen(found.files)?.names).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('moves files only into a folder of the user, of a pod in which nothing runs and all was seen', () => {
    fc.assert(
      fc.property(fc.oneof(anyObservation, anyCrashTail), (observation) => {
        expect(planned(observation).steps.filter(isMove)).toEqual([]);
        const { steps } = planned(observation, '/copies/run');
        expect(steps.every((step) => step.risk !== 'destructive')).toBe(true);
        const owners = steps.filter(isMove).map(({ parameters }) => parameters['owner']);
        expect(new Set(owners).size).toBe(owners.length);
        for (const { target: moved, parameters } of steps.filter(isMove)) {
          expect(parameters['copyOut']).toBe('/copies/run');
          const doomed = seen(observation.pods)?.find(({ uid }) => uid === moved.uid);
          expect(doomed?.labels['application']).not.toBe('spilo');
          expect(doomed === undefined || anyContainerRuns(doomed)).toBe(false);
          for (const volume of doomed?.emptyDirs ?? []) {
            const facts = seen(observation.emptyDirs) ?? [];
            const found = facts.find((entry) => entry.podUid === moved.uid && entry.volume === volume);
            expect(found?.files.looked).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('without an engine and an API nothing is planned', () => {
    fc.assert(
      fc.property(anyObservation, (observation) => {
        const blind = couldNotLook<never>('no answer', 'test', now);
        const dark = Object.fromEntries(Object.keys(observation).map((key) => [key, blind]));
        expect(planned({ ...dark, at: now } as unknown as Observation)).toMatchObject({
          steps: [],
          tasks: [],
        });
      }),
    );
  });
});
