import { expect, test } from 'vitest';

import { HealWorld } from '../../test/fakes/heal-world.ts';
import { now, shopCluster, stack } from '../../test/fakes/observation.ts';
import { smallShop } from '../../test/fakes/shop-objects.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { DatabaseComponent, Stack } from '../domain/stack.ts';
import type { ObserveContext } from '../observe/context.ts';
import type { KubeObject } from '../ports/cluster.ts';
import type { Login } from '../ports/database.ts';
import { examine } from './examine.ts';
import { RunLog } from './run-log.ts';

const ref = { namespace: 'shop', name: 'db', key: 'x' };
const memberLabels = { application: 'spilo', 'cluster-name': 'db' };
const database = { namespace: 'shop', cluster: 'db', memberLabels, app: { user: ref, password: ref } };
const poolerLabels = stack.poolers[0]?.podLabels ?? {};

function running(name: string, labels: Readonly<Record<string, string>>): KubeObject {
  const startedAt = new Date(now - 600_000).toISOString();
  return {
    metadata: { name, namespace: 'shop', uid: `uid-of-${name}`, labels, creationTimestamp: startedAt },
    spec: { nodeName: smallShop.node },
    status: {
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: startedAt }],
      containerStatuses: [{ name: 'main', ready: true, state: { running: { startedAt } } }],
    },
  };
}

const rowsOf = (statement: string | undefined) => {
  if (statement === 'SHOW CONFIG') return [{ key: 'server_login_retry', value: '0' }];
  return statement === 'SHOW DNS_HOSTS' ? [] : [{ in_recovery: 'f' }];
};

/** The shop with a primary that takes writes, and a PgBouncer that lets everybody in and has server_login_retry = 0. */
function withPooler(world: HealWorld): ObserveContext {
  const context = world.context();
  const { reader } = context;
  const shop: Stack = {
    ...world.stack,
    poolers: stack.poolers,
    databases: [database as unknown as DatabaseComponent],
  };
  const pods = [running('db-0', memberLabels), running('db-pooler-1', poolerLabels)];
  const leader = { metadata: { name: 'db', uid: 'e', annotations: { leader: 'db-0' } } };
  return {
    ...context,
    stack: shop,
    reader: {
      ...reader,
      list: async (path, query) => [
        ...(await reader.list(path, query)),
        ...(path === '/api/v1/namespaces/shop/pods' ? pods : []),
      ],
      get: (path) => Promise.resolve(path.endsWith('/endpoints/db') ? leader : undefined),
      secret: () => Promise.resolve('x'),
    },
    sql: {
      query: (_login: Login, statements) => Promise.resolve({ ok: true, rows: rowsOf(statements.at(-1)) }),
    },
  };
}

const nudge: PlannedStep = {
  step: 'nudge-pooler',
  target: { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1', uid: 'uid-of-db-pooler-1' },
  risk: 'safe',
  because: 'pooler-refuses-logins',
  reason: '',
  provenBy: '',
  undo: '',
  evidenceAt: now,
  parameters: {},
};

test('what the journal knows of earlier runs is part of the judgement', async () => {
  const world = new HealWorld();
  const context = withPooler(world);
  const found = async () =>
    (
      await examine(context, new RunLog({ store: world.journal, target: shopCluster }, world.clock, {}))
    ).findings.map(({ fault }) => fault);
  expect(await found()).toEqual([]);
  world.journal.append({ type: 'step-intended', run: 'killed', action: 'a', step: nudge }, now);
  expect(await found()).toEqual(['pooler-nudge-left-over']);
});
