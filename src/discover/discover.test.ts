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
