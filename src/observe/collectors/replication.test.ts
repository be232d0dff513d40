import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';

import { healthy, now, pod, stack } from '../../../test/fakes/observation.ts';
import { saw, seen } from '../../domain/looked.ts';
import type { DatabaseFacts, PrimaryFacts } from '../../domain/observation.ts';
import type { DatabaseComponent } from '../../domain/stack.ts';
import type { QueryResult } from '../../ports/database.ts';
import type { ObserveContext } from '../context.ts';
import { KeptAnswers } from '../kept-answers.ts';
import { LateAnswers } from '../late-answers.ts';
import { collectReplication } from './replication.ts';

const primary: PrimaryFacts = {
  pod: 'db-0',
  inRecovery: false,
  walPosition: '0/3000148',
  synchronousStandbyNames: '"db-1"',
};

const ref = (key: string) => ({ namespace: 'shop', name: 'shop.db.credentials', key });
const database: DatabaseComponent = {
  namespace: 'shop',
  cluster: 'db',
  memberLabels: {},
  app: { database: 'shop', user: ref('username'), password: ref('password') },
};

interface World {
  readonly primary?: PrimaryFacts;
  readonly answer?: QueryResult;
  /** Patroni's dynamic configuration as it lies in the annotation. */
  readonly config?: string;
  readonly ready?: boolean;
}

const following: QueryResult = { ok: true, rows: [{ receivers: '1', behind: '0' }] };

/** A leader and a standby, what the standby answers to SQL, and what it was asked. */
function world(given: World) {
  const asked: string[] = [];
  const clock = { now: () => now, monotonic: () => 0, sleep: () => new Promise<void>(() => undefined) };
  const context = {
    stack: { ...stack, databases: [database] },
    clock,
    kept: new KeptAnswers(clock),
    late: new LateAnswers(clock),
    reader: {
      tunnel: () => Promise.resolve(new PassThrough()),
      secret: () => Promise.resolve('secret'),
      get: () => Promise.resolve({ metadata: { annotations: { config: given.config } } }),
    },
    sql: {
      query: (_login: unknown, [statement = '']: readonly string[]) => {
        asked.push(statement);
        return Promise.resolve(given.answer ?? following);
      },
    },
  } as unknown as ObserveContext;
  const facts: DatabaseFacts = {
    ...(seen(healthy().databases)?.[0] as DatabaseFacts),
    namespace: database.namespace,
    cluster: database.cluster,
    members: [{ pod: 'db-0' }, { pod: 'db-1' }],
    primary: saw(given.primary ?? primary, 'SQL', now),
  };
  const pods = [pod('db-0'), pod('db-1', { ready: given.ready ?? true })];
  const collect = async () =>
    (seen(await collectReplication(context, saw([facts], 'API', now), pods)) ?? [])[0];
  return { collect, asked };
}

test.each<readonly [QueryResult, unknown]>([
  [following, { looked: true, value: { receives: true, behindBytes: 0 } }],
  [
    { ok: true, rows: [{ receivers: '0', behind: '5242880' }] },
    { looked: true, value: { receives: false, behindBytes: 5_242_880 } },
  ],
  [{ ok: true, rows: [{ receivers: '0', behind: null }] }, { looked: false }],
  [
    { ok: false, error: { message: 'too many clients' } },
    { looked: false, why: 'too many clients' },
  ],
])('a standby is asked whether it receives, and how far it is: %j', async (answer, standby) => {
  const { collect, asked } = world({ answer });
  const found = await collect();
  expect(found?.members[0]).toEqual({ pod: 'db-0' });
  expect(found?.members[1]?.standby).toMatchObject(standby as object);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain("'0/3000148'");
});

test.each<readonly [string, World]>([
  ['while the primary is in recovery', { primary: { pod: 'db-0', inRecovery: true } }],
  ['while its pod is not ready', { ready: false }],
  [
    'with a position that is none',
    { primary: { ...primary, walPosition: "0/0', pg_terminate_backend(1))--" } },
  ],
])('a standby is not asked %s', async (_name, given) => {
  const { collect, asked } = world(given);
  const found = await collect();
  expect(found?.members[1]).toEqual({ pod: 'db-1' });
  expect(asked).toEqual([]);
});

test.each<readonly [string | undefined, unknown]>([
  [
    '{"synchronous_mode": true, "maximum_lag_on_failover": 33554432}',
    { looked: true, value: { wantsSynchronous: true, maximumLagBytes: 33_554_432 } },
  ],
  ['{"synchronous_mode": "quorum"}', { value: { wantsSynchronous: true } }],
  ['{"synchronous_mode": "on"}', { value: { wantsSynchronous: true } }],
  ['{"synchronous_mode": false}', { value: { wantsSynchronous: false } }],
  ['{"ttl": 30}', { value: { wantsSynchronous: false, maximumLagBytes: 1_048_576 } }],
  [undefined, { value: { synchronousStandbyNames: '"db-1"' } }],
  ['{', { looked: false }],
])("Patroni's configuration says what replication is to be: %s", async (config, replication) => {
  const { collect } = world({ ...(config !== undefined && { config }) });
  expect((await collect())?.replication).toMatchObject(replication as object);
});
