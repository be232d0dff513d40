import { describe, expect, test } from 'vitest';

import { boot, container, healthy, node, now, pod, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import type { DatabaseFacts, Observation, PodFacts } from '../domain/observation.ts';
import { makePlan } from '../plan/make-plan.ts';

const at = boot + 120_000;
const nodes = saw(
  [
    node('server-0', { role: 'server' }),
    node('agent-0', { state: 'exited', restartPolicy: 'no', exitCode: 137 }),
  ],
  'engine',
  at,
);
const member = (name: string, changes: Partial<PodFacts> = {}) =>
  pod(name, { labels: { application: 'spilo' }, owner: { kind: 'StatefulSet', name: 'db' }, ...changes });
const waiting = {
  ready: false,
  containers: [container({ ready: false, state: 'waiting', reason: 'ImagePullBackOff' })],
};

const leaderless: DatabaseFacts = {
  namespace: 'shop',
  cluster: 'db',
  members: [
    { pod: 'db-2', role: 'replica', timeline: 6, xlog: 900 },
    { pod: 'db-3', role: 'replica', timeline: 7, xlog: 1000 },
  ],
  sync: { leader: 'db-0', standbys: ['db-1'] },
  primary: couldNotLook('nobody holds the leader lock', 'SQL', at),
  replication: couldNotLook('not asked', 'SQL', at),
};

function judged(database: Partial<DatabaseFacts>, pods: readonly PodFacts[], firstSeen: number | undefined) {
  const observation: Observation = {
    ...healthy({
      containers: nodes,
      pods: saw(pods, 'API', at),
      databases: saw([{ ...leaderless, ...database }], 'SQL', at),
    }),
    at,
  };
  const check = { stack, firstSeen: () => firstSeen };
  const findings = diagnose(observation, check).filter(({ fault }) => fault === 'leader-candidates-missing');
  const context = { stack, observation, past: [], run: 'run', busy: new Set<string>() };
  return { findings, plan: makePlan(findings, check, context) };
}

const pods = [member('db-0', { node: 'agent-0' }), member('db-1', waiting), member('db-2'), member('db-3')];

describe('a database whose candidates are missing', () => {
  test('names them, where they are, and what another leader would cost; nothing is done', () => {
    const { findings, plan } = judged({}, pods, boot);
    expect(findings).toMatchObject([
      {
        kind: 'broken',
        claim: 'Only db-0 or db-1 may lead db without losing writes, and none of them runs.',
      },
    ]);
    expect([plan.steps, plan.refusals]).toEqual([[], []]);
    const [task] = plan.tasks;
    expect(task?.byHand).toContain('db-0: its node agent-0 is exited');
    expect(task?.byHand).toContain('db-1: its pod on server-0 does not run (ImagePullBackOff)');
    expect(task?.byHand).toMatch(
      /db-3 \(timeline 7, position 1000\) may be made the leader, and everything .* is lost/,
    );
    expect(task?.byHand).toContain('kubectl -n shop exec -it db-3 -- patronictl failover --candidate db-3');
  });

  test('offers no other leader when no other member runs', () => {
    const { plan } = judged({}, pods.slice(0, 2), boot);
    expect(plan.tasks[0]?.byHand).not.toContain('failover');
    const { plan: gone } = judged({}, [], boot);
    expect(gone.tasks[0]?.byHand).toContain('db-0: its pod is gone');
  });

  test('is waited for at first', () => {
    expect(judged({}, pods, undefined).findings).toMatchObject([{ kind: 'settling' }]);
    expect(judged({}, pods, at - 10_000).findings).toMatchObject([{ kind: 'settling' }]);
  });

  test('is not this fault while a candidate runs, or where Patroni keeps no such record', () => {
    expect(judged({}, [member('db-1')], boot).findings).toEqual([]);
    const { sync: _sync, ...asynchronous } = leaderless;
    const observation = healthy({ databases: saw([asynchronous], 'SQL', now) });
    const found = diagnose(observation, { stack, firstSeen: () => boot });
    expect(found.map(({ fault }) => fault)).not.toContain('leader-candidates-missing');
    expect(
      judged({ primary: saw({ pod: 'db-2', inRecovery: false }, 'SQL', at) }, pods, boot).findings,
    ).toEqual([]);
  });
});
