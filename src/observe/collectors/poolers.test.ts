import { describe, expect, test } from 'vitest';

import { container, now, pod, stack } from '../../../test/fakes/observation.ts';
import { couldNotLook, saw } from '../../domain/looked.ts';
import type { DatabaseFacts } from '../../domain/observation.ts';
import type { DatabaseComponent, PoolerComponent, SecretKeyRef, Stack } from '../../domain/stack.ts';
import type { Login } from '../../ports/database.ts';
import type { ObserveContext } from '../context.ts';
import { collectPoolers } from './poolers.ts';

const key = (name: string): SecretKeyRef => ({ namespace: 'shop', name, key: 'password' });

function database(cluster: string): DatabaseComponent {
  const app = { database: cluster, user: key(`app of ${cluster}`), password: key(`app of ${cluster}`) };
  return { namespace: 'shop', cluster, memberLabels: { 'cluster-name': cluster }, app };
}

function pooler(cluster: string): PoolerComponent {
  const role = { user: key(`pooler of ${cluster}`), password: key(`pooler of ${cluster}`) };
  const name = `${cluster}-pooler`;
  return {
    namespace: 'shop',
    name,
    podLabels: { pooler: name },
    cluster,
    database: cluster,
    role,
    port: 5432,
  };
}

function facts(cluster: string): DatabaseFacts {
  return {
    namespace: 'shop',
    cluster,
    members: [],
    primary: saw({ pod: `${cluster}-0`, inRecovery: false }, 'SQL', now),
    replication: couldNotLook('not asked', 'SQL', now),
  };
}

const ask = (_key: string, _ms: unknown, read: () => unknown) => read();

/** Two databases in one namespace, whose servers and poolers take only the logins that belong to them. */
async function observed(shop: Stack, code = '28P01') {
  const logins: string[] = [];
  const answer = (login: Login, at: string): { ok: true; rows: [] } | { ok: false; error: object } => {
    logins.push(`${login.user} at ${at}`);
    if (login.database === 'pgbouncer') return { ok: true, rows: [] };
    return at.startsWith(login.database)
      ? { ok: true, rows: [] }
      : { ok: false, error: { code, message: 'no' } };
  };
  const context = {
    stack: shop,
    clock: { now: () => now, monotonic: () => 0, sleep: () => new Promise(() => undefined) },
    kept: { ask },
    late: {
      ask: async (_key: string, from: string, read: () => Promise<unknown>) => saw(await read(), from, now),
    },
    reader: {
      secret: ({ name }: SecretKeyRef) => Promise.resolve(name),
      tunnel: (target: { pod: string }) => Promise.resolve(target.pod),
    },
    sql: { query: async (login: Login) => answer(login, (await login.stream()) as unknown as string) },
  } as unknown as ObserveContext;
  const pods = shop.poolers.map(({ name, podLabels }) =>
    pod(`${name}-1`, { labels: podLabels, containers: [container()] }),
  );
  const found = await collectPoolers(
    context,
    pods,
    shop.databases.map(({ cluster }) => facts(cluster)),
    { servers: [{ pod: 'coredns-1', answers: true }] },
  );
  return { found, logins };
}

describe('poolers of two databases in one namespace', () => {
  const clusters = ['orders', 'stock'];
  const shop = { ...stack, databases: clusters.map(database), poolers: clusters.map(pooler) };

  test('are each asked with the login of their own database, and tried on no other', async () => {
    const { found, logins } = await observed(shop);
    expect(found.map(({ login }) => login.result)).toEqual(['ok', 'ok']);
    expect(logins).toContain('app of stock at stock-pooler-1');
    expect(logins).not.toContain('app of orders at stock-pooler-1');
  });

  test('are not asked while nobody knows which database is behind them', async () => {
    const poolers = shop.poolers.map(({ cluster: _cluster, ...rest }) => rest);
    const { found, logins } = await observed({ ...shop, poolers });
    expect(found.map(({ login }) => login.result)).toEqual(['not-asked', 'not-asked']);
    expect(logins).toEqual([]);
  });

  test('that are turned away have a wrong password only where the server says so', async () => {
    const poolers = shop.poolers.map((entry) => ({ ...entry, cluster: 'orders' }));
    const ownRoles = async (code: string) =>
      (await observed({ ...shop, poolers }, code)).found.map(({ ownRole }) => ownRole);
    expect((await ownRoles('28P01'))[1]).toMatchObject({ looked: true, value: 'rejected' });
    // The role may not log in, or not from here.
    expect((await ownRoles('28000'))[1]).toMatchObject({ looked: false, why: 'no' });
  });
});
