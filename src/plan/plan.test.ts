import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { boot, healthy, node, now, pod, pooler, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { couldNotLook, saw, type Looked } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import { refText } from '../domain/object-ref.ts';
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
const helped = (secondsAgo: number): PastAction => ({ ...earlier(secondsAgo), verified: 'yes' });

describe('reasons not to act', () => {
  test('an object that was just acted on is left to show the effect', () => {
    expect(plan(banned, [earlier(2)]).refusals.map((refusal) => refusal.guard)).toEqual(['recently-acted']);
    expect(plan(banned, [earlier(20)]).steps).toHaveLength(1);
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

  test('an object with an action under way is not touched', () => {
    expect(plan(banned, [], [target]).refusals.map((refusal) => refusal.guard)).toEqual([
      'one-action-per-object',
    ]);
  });
});

function looked<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Looked<T>> {
  return fc.oneof(
    value.map((seen) => saw(seen, 'test', now)),
    fc.constant(couldNotLook<T>('no answer', 'test', now)),
  );
}

const states = fc.constantFrom(
  'running',
  'exited',
  'created',
  'restarting',
  'paused',
  'dead',
  'removing' as const,
);
const anyContainers = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    role: fc.constantFrom('server', 'agent', 'loadbalancer', 'other' as const),
    state: states,
    restartPolicy: fc.constantFrom('no', 'always', 'unless-stopped'),
  }),
  { maxLength: 4 },
);
const anyPooler = fc.record({
  login: fc.constantFrom(
    { result: 'ok' } as const,
    { result: 'refused', message: 'x' } as const,
    { result: 'unreachable', message: 'x' } as const,
    { result: 'not-asked', message: 'x' } as const,
  ),
  ownRole: looked(fc.constantFrom('accepted', 'rejected' as const)),
  failedLookups: looked(
    fc.array(fc.record({ host: fc.string(), ttlSeconds: fc.integer({ min: 0, max: 20 }) })),
  ),
  config: looked(fc.dictionary(fc.string(), fc.string())),
});
const anyObservation: fc.Arbitrary<Observation> = fc
  .record({
    containers: looked(anyContainers.map((list) => list.map((changes) => node(changes.name, changes)))),
    api: looked(fc.constant({ ready: true } as const)),
    dns: looked(
      fc.record({
        servers: fc.array(fc.record({ pod: fc.string(), answers: fc.boolean() })),
      }),
    ),
    pods: looked(
      fc.array(
        fc.boolean().map((ready) => pod('db-pooler-1', { ready })),
        { maxLength: 2 },
      ),
    ),
    poolers: looked(
      fc.array(
        anyPooler.map((changes) => pooler(changes)),
        { maxLength: 2 },
      ),
    ),
    frontDoor: looked(
      fc.oneof(
        fc.constantFrom(200, 404, 502).map((status) => ({
          url: 'https://x/',
          answer: { status },
          visits: { made: 3, answered: 3 },
        })),
        fc.nat({ max: 2 }).map((answered) => ({
          url: 'https://x/',
          answer: { error: 'ECONNRESET' },
          visits: { made: 3, answered },
        })),
      ),
    ),
    edge: looked(
      fc.array(
        fc.record({
          kind: fc.constantFrom('Node' as const, 'Pod' as const),
          name: fc.string(),
          status: fc.constantFrom(200, 502),
        }),
      ),
    ),
  })
  .map((changes) => healthy(changes));

describe('any observation', () => {
  test('gives the same findings and the same plan twice, and no destructive step', () => {
    fc.assert(
      fc.property(anyObservation, (observation) => {
        const first = plan(observation);
        expect(plan(observation)).toEqual(first);
        expect(first.steps.every((step) => step.risk !== 'destructive')).toBe(true);
      }),
    );
  });

  test('gives a plan in which no two steps act on one object', () => {
    fc.assert(
      fc.property(anyObservation, (observation) => {
        const targets = plan(observation).steps.map((step) => refText(step.target));
        expect(new Set(targets).size).toBe(targets.length);
      }),
    );
  });
});
