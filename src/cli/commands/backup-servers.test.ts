import { expect, test } from 'vitest';

import { component, dataShop, runningPod } from '../../../test/fakes/data-shop.ts';
import { expectedOf, unreadKeepers } from '../../backup/data-keepers.ts';
import { readableServers } from './backup-servers.ts';

test('every database cluster and every Redis of the stack is found', async () => {
  const { session } = dataShop();
  const { databases, redis } = await readableServers(session);
  expect([...databases]).toMatchObject([
    ['shop-db', { primary: { pod: 'shop-db-0', superuser: 'postgres' } }],
  ]);
  expect(redis).toMatchObject([{ name: 'redis', server: { pod: 'redis-0' } }]);
});

test.each([
  ['the API is not ready', '/readyz', /The pods of the stack could not be looked at/],
  ['the leader of the cluster cannot be read', '/endpoints/shop-db', /The databases of the stack could not/],
  ['pods cannot be listed', '/pods', /The pods of the stack could not be looked at/],
  ['workloads cannot be listed', '/statefulsets', /The workloads of the stack could not be looked at/],
])('no database is taken for absent when %s', async (_name, broken, told) => {
  const shop = dataShop();
  shop.fails = (path) => (path.endsWith(broken) ? 'connection refused' : undefined);
  const looking = readableServers(shop.session);
  // Not for ever: a later attempt may do better.
  await expect(looking).rejects.toMatchObject({ name: 'StackNotSeen', lasts: false });
  await expect(looking).rejects.toThrow(told);
});

test('what fails once is asked again', async () => {
  const shop = dataShop();
  let times = 0;
  shop.fails = (path) => (path.endsWith('/endpoints/shop-db') && (times += 1) < 3 ? 'EOF' : undefined);
  expect((await readableServers(shop.session)).databases.size).toBe(1);
});

test('a stack that only an earlier run could discover may have got a database since', async () => {
  const shop = dataShop();
  shop.isDiscovered = false;
  await expect(readableServers(shop.session)).rejects.toThrow(/only an earlier run could discover it/);
});

test('what keeps data and cannot be read is told, and is expected in the backup all the same', async () => {
  const shop = dataShop();
  const crm = component('crm-db', 'patroni', { application: 'spilo', 'cluster-name': 'crm-db' });
  shop.stack = { ...shop.stack, components: [...shop.stack.components, crm] };
  shop.pods = [...shop.pods.slice(0, 1), runningPod('redis-0', { app: 'redis' }, false)];
  const { databases, redis, keepers } = await readableServers(shop.session);
  expect(redis).toEqual([]);
  expect(keepers).toMatchObject([
    { kind: 'database cluster', name: 'shop-db', unread: undefined },
    { kind: 'Redis', name: 'redis', unread: expect.stringMatching(/^no pod of it is ready/) },
    { kind: 'database cluster', name: 'crm-db', unread: expect.stringMatching(/^nobody is known who/) },
  ]);
  expect(expectedOf(keepers, databases.keys())).toEqual({
    databaseClusters: ['shop-db', 'crm-db'],
    redis: ['redis'],
  });
  expect(unreadKeepers(keepers)).toMatchObject([
    { what: 'Redis redis', isMissing: true },
    { what: 'database cluster crm-db', isMissing: true },
  ]);
});

test('of several pods of a Redis all that are ready are known', async () => {
  const shop = dataShop();
  const pods = ['redis-0', 'redis-1', 'redis-2'].map((name) =>
    runningPod(name, { app: 'redis' }, name !== 'redis-1'),
  );
  shop.pods = [...shop.pods.slice(0, 1), ...pods];
  const { redis } = await readableServers(shop.session);
  expect(redis).toMatchObject([{ name: 'redis', server: { pod: 'redis-0' }, others: [{ pod: 'redis-2' }] }]);
});
