import { describe, expect, test } from 'vitest';

import { container, healthy, now, pod, stack } from '../../../test/fakes/observation.ts';
import { diagnose } from '../../diagnose/diagnose.ts';
import { saw } from '../../domain/looked.ts';
import type { DatabaseComponent, SecretKeyRef } from '../../domain/stack.ts';
import { makePlan } from '../../plan/make-plan.ts';
import type { QueryResult } from '../../ports/database.ts';
import type { ObserveContext } from '../context.ts';
import { KeptAnswers } from '../kept-answers.ts';
import { LateAnswers } from '../late-answers.ts';
import { collectDatabases } from './databases.ts';

const ref = (key: string): SecretKeyRef => ({ namespace: 'shop', name: 'app.db.credentials', key });
const database: DatabaseComponent = {
  namespace: 'shop',
  cluster: 'db',
  memberLabels: { 'cluster-name': 'db' },
  app: { database: 'orders', user: ref('username'), password: ref('password') },
};
const shop = { ...stack, databases: [database] };
const member = pod('db-0', { labels: database.memberLabels, containers: [container()] });

/** What is seen, and what follows, when the leader's server answers so. */
async function leaderThatAnswers(answer: QueryResult) {
  const clock = { now: () => now, monotonic: () => 0, sleep: () => new Promise<void>(() => undefined) };
  const context = {
    stack: shop,
    clock,
    kept: new KeptAnswers(clock),
    late: new LateAnswers(clock),
    reader: {
      get: () => Promise.resolve({ metadata: { annotations: { leader: 'db-0' } } }),
      secret: () => Promise.resolve('secret'),
    },
    sql: { query: () => Promise.resolve(answer) },
  } as unknown as ObserveContext;
  const databases = await collectDatabases(context, [member]);
  const observation = healthy({ databases: saw(databases, 'SQL', now) });
  const check = { stack: shop, firstSeen: () => undefined };
  const findings = diagnose(observation, check);
  const given = { stack: shop, observation, past: [], run: 'run', busy: new Set<string>() };
  return { findings, plan: makePlan(findings, check, given), databases };
}

const no = (code: string, message: string): QueryResult => ({ ok: false, error: { code, message } });

describe('a leader', () => {
  test('that takes writes is a primary', async () => {
    const { databases, findings } = await leaderThatAnswers({ ok: true, rows: [{ in_recovery: 'f' }] });
    expect(databases).toMatchObject([
      { primary: { looked: true, value: { pod: 'db-0', inRecovery: false } } },
    ]);
    expect(findings).toEqual([]);
  });

  test('that is starting is waited for', async () => {
    const { findings } = await leaderThatAnswers(no('57P03', 'the database system is starting up'));
    expect(findings).toMatchObject([{ fault: 'primary-missing', kind: 'settling' }]);
  });

  test.each([
    ['28P01', 'password authentication failed for user "app"', /Secret app\.db\.credentials .*psql/],
    ['28000', 'role "app" is not permitted to log in', /the app wants orders/],
    ['3D000', 'database "orders" does not exist', /the app wants orders/],
  ])('that does not let the app in (%s) works, and a person is told', async (code, message, byHand) => {
    const { databases, findings, plan } = await leaderThatAnswers(no(code, message));
    expect(databases[0]?.primary).toMatchObject({ looked: false, why: message });
    expect(findings[0]?.claim).toBe(`db-0, which leads db, answers and does not let the app in: ${message}.`);
    expect(plan.tasks).toMatchObject([{ fault: 'primary-missing', byHand: expect.stringMatching(byHand) }]);
  });
});
