import { describe, expect, test } from 'vitest';

import { now, stack } from '../../../test/fakes/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { DatabaseComponent } from '../../domain/stack.ts';
import type { QueryResult } from '../../ports/database.ts';
import type { ActContext } from '../define-step.ts';
import { restartPooler } from './restart-pooler.ts';

const planned = {
  step: 'restart-pooler',
  target: { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1', uid: 'uid-of-db-pooler-1' },
  parameters: { owner: 'db-pooler' },
} as unknown as PlannedStep;
const database = { namespace: 'shop', cluster: 'db' } as unknown as DatabaseComponent;
const service = 'db.shop.svc.cluster.local';

interface Console {
  /** `SHOW DNS_HOSTS`: name, seconds, addresses. */
  readonly hosts: readonly (readonly [string, number, string])[];
  /** `SHOW SERVERS`: the state of each connection. */
  readonly servers?: readonly string[];
}

/** What the console of the planned pod says now; undefined: it does not answer. */
function objection(console: Console | undefined, metadata: object = {}) {
  const rows: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
    'SHOW DNS_HOSTS': (console?.hosts ?? []).map(([hostname, ttl, addrs]) => ({
      hostname,
      ttl: String(ttl),
      addrs,
    })),
    'SHOW SERVERS': (console?.servers ?? []).map((state) => ({ type: 'S', state })),
  };
  const object = {
    metadata: {
      name: planned.target.name,
      namespace: 'shop',
      uid: planned.target.uid,
      labels: stack.poolers[0]?.podLabels,
      ...metadata,
    },
    spec: {},
  };
  const context = {
    clock: { now: () => now },
    stack: { ...stack, databases: [database] },
    reader: { get: () => Promise.resolve(object), secret: () => Promise.resolve('x') },
    writer: { rehearsePodCreation: () => Promise.resolve(undefined) },
    kept: { ask: (_key: string, _ms: number, ask: () => unknown) => ask() },
    sql: {
      query: (_login: unknown, [statement = '']: readonly string[]): Promise<QueryResult> =>
        Promise.resolve(
          console === undefined
            ? { ok: false, error: { message: 'closed' } }
            : { ok: true, rows: rows[statement] ?? [] },
        ),
    },
  } as unknown as ActContext;
  return restartPooler.precondition(planned, context);
}

const remembers: Console = { hosts: [[service, 11, '']] };

describe('right before a PgBouncer is replaced it is asked once more', () => {
  test.each<readonly [string, Console]>([
    ['it still answers from the failed lookup', remembers],
    ['a connection waits for the lookup', { ...remembers, servers: ['new'] }],
  ])('nothing speaks against it: %s', async (_name, console) => {
    expect(await objection(console)).toBeUndefined();
  });

  test.each<readonly [string, Console, string]>([
    [
      'it has found the address',
      { hosts: [[service, 11, '10.43.0.7:0']] },
      'it remembers no failed lookup any more',
    ],
    ['it has forgotten', { hosts: [] }, 'it remembers no failed lookup any more'],
    [
      'another name has no address',
      { hosts: [['other.shop.svc', 11, '']] },
      'it remembers no failed lookup any more',
    ],
    ['it will ask again at once', { hosts: [[service, 2, '']] }, 'it looks its server up again in 2 s'],
    [
      'it is connected',
      { ...remembers, servers: ['new', 'idle', 'active'] },
      'it has 2 connection(s) to a server, by which it may serve clients',
    ],
  ])('it is left alone: %s', async (_name, console, reason) => {
    expect(await objection(console)).toBe(reason);
  });

  test('it is left alone when it is on its way out, or when it cannot be asked', async () => {
    expect(await objection(remembers, { deletionTimestamp: new Date(now).toISOString() })).toBe(
      'it is being deleted',
    );
    expect(await objection(remembers, { uid: 'of another' })).toBe('the pod was replaced meanwhile');
    await expect(objection(undefined)).rejects.toThrow('closed');
  });
});
