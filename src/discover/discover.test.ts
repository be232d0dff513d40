import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import type { KubeObject } from '../ports/cluster.ts';
import { inventoryOf, operatorObjects, deployment } from '../../test/fakes/inventory.ts';
import { discover, type DiscoveryContext } from './discover.ts';
import { serviceOf, workloadOf } from './workload-shape.ts';

const base = new URL('../../examples/jewelry-shop/base/', import.meta.url);

function objects(file: string): readonly KubeObject[] {
  return parseAllDocuments(readFileSync(new URL(file, base), 'utf8')).map(
    (document) => document.toJS() as KubeObject,
  );
}

const all = ['redis.yaml', 'celery.yaml', 'django.yaml'].flatMap(objects);
const ofKind = (kind: string) => all.filter((object) => object.kind === kind);

const context: DiscoveryContext = {
  cluster: { provider: 'k3d', name: 'shop', context: 'k3d-shop' },
  published: new Map(),
  certificateNames: new Map(),
};

const stack = discover(
  {
    namespace: 'jewelry-shop',
    workloads: [
      ...ofKind('Deployment').map((object) => workloadOf('Deployment', object)),
      ...ofKind('StatefulSet').map((object) => workloadOf('StatefulSet', object)),
    ],
    services: ofKind('Service').map((object) => serviceOf(object)),
    configMaps: {},
    ingresses: [],
  },
  context,
);

describe('the example stack', () => {
  test.each(['celery-worker', 'celery-beat', 'django'])('%s depends on Redis, by its environment', (name) => {
    const component = stack.components.find(({ ref }) => ref.name === name);
    expect(component?.dependsOn).toContain('StatefulSet/redis');
  });

  test('has a Redis that depends on nothing', () => {
    const component = stack.components.find(({ ref }) => ref.name === 'redis');
    expect(component).toMatchObject({ adapter: 'redis', dependsOn: [], podLabels: { component: 'redis' } });
  });
});

describe('a database whose login', () => {
  const login = 'app.shop-db.credentials.postgresql.acid.zalan.do';

  test.each([
    [{ secret: { secretName: login } }],
    [{ projected: { sources: [{ configMap: { name: 'x' } }, { secret: { name: login } }] } }],
  ])('comes as files is found as well: %j', async (source) => {
    const django = deployment('django', {
      volumes: [{ name: 'login', ...source }],
      container: { env: [{ name: 'DB_NAME', value: 'shop' }] },
    });
    const { databases } = discover(
      await inventoryOf('shop', [...operatorObjects('shop-db'), django]),
      context,
    );
    expect(databases).toMatchObject([
      { cluster: 'shop-db', app: { database: 'shop', user: { name: login } } },
    ]);
  });
});

test.each(['oliver006/redis_exporter:v1', 'prom/pgbouncer-exporter', 'rediscommander/redis-commander'])(
  '%s looks at something and is not it',
  async (image) => {
    const looker = deployment('looker', { container: { image } });
    const { components } = discover(await inventoryOf('shop', [looker]), context);
    expect(components).toMatchObject([{ adapter: 'workload' }]);
  },
);

const loginOf = (cluster: string) => ({
  name: 'DB_PASSWORD',
  valueFrom: {
    secretKeyRef: { name: `app.${cluster}.credentials.postgresql.acid.zalan.do`, key: 'password' },
  },
});
const ownPassword = { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'own', key: 'pass' } } };
const ownPooler = (env: readonly unknown[]) =>
  deployment('own', { container: { image: 'pgbouncer:1', env } });

describe('a PgBouncer', () => {
  const shops = ['orders', 'stock'].map((cluster) =>
    deployment(`${cluster}-web`, { container: { env: [loginOf(cluster)] } }),
  );
  const both = [...operatorObjects('orders'), ...operatorObjects('stock'), ...shops];
  const poolersOf = async (...more: ReturnType<typeof deployment>[]) =>
    discover(await inventoryOf('shop', [...both, ...more]), context).poolers;

  test('of the operator leads to the cluster of its label', async () => {
    expect(await poolersOf()).toMatchObject([
      { name: 'orders-pooler', cluster: 'orders' },
      { name: 'stock-pooler', cluster: 'stock' },
    ]);
  });

  test("of one's own leads to the cluster that its environment names, and logs in with the keys that it names", async () => {
    const user = { name: 'PGUSER', valueFrom: { secretKeyRef: { name: 'own', key: 'login' } } };
    const poolers = await poolersOf(ownPooler([{ name: 'DB_HOST', value: 'stock' }, user, ownPassword]));
    expect(poolers.find(({ name }) => name === 'own')).toMatchObject({
      cluster: 'stock',
      role: { user: { name: 'own', key: 'login' }, password: { name: 'own', key: 'pass' } },
    });
  });

  test('that could lead to several clusters is taken for a pooler of none of them', async () => {
    const found = (await poolersOf(ownPooler([ownPassword]))).find(({ name }) => name === 'own');
    expect(found).toMatchObject({ name: 'own' });
    expect(found).not.toHaveProperty('cluster');
  });

  test('whose own user is in no Secret is not asked', async () => {
    const poolers = await poolersOf(ownPooler([{ name: 'PGUSER', value: 'own' }, ownPassword]));
    expect(poolers.map(({ name }) => name)).not.toContain('own');
  });
});
