import { describe, expect, test } from 'vitest';

import {
  deployment,
  inventoryOf,
  operatorObjects,
  service,
  type Manifest,
} from '../../test/fakes/inventory.ts';
import { dependencyEdges } from './edges.ts';
import { names } from './mentions.ts';

/** `name: why` for everything that the Deployment `app` needs. */
async function needs(...manifests: readonly Manifest[]): Promise<readonly string[]> {
  const edges = dependencyEdges(await inventoryOf('shop', manifests));
  return edges.filter(({ from }) => from === 'Deployment/app').map(({ to, why }) => `${to}: ${why}`);
}

const redis = [deployment('redis'), service('redis')];
const config = (name: string, data: Readonly<Record<string, string>>): Manifest => ({
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
const secret = 'shop.db.credentials.postgresql.acid.zalan.do';
const url = 'redis://:hunter2@redis:6379/0';

describe('a dependency comes from', () => {
  test.each<[string, Manifest, readonly Manifest[], string]>([
    [
      'a value in the environment',
      deployment('app', { container: { env: [{ name: 'REDIS_URL', value: url }] } }),
      [],
      'Deployment/redis: REDIS_URL of container main names Service redis',
    ],
    [
      'the environment of an init container',
      deployment('app', {
        initContainers: [{ name: 'wait', env: [{ name: 'HOST', value: 'redis.shop.svc' }] }],
      }),
      [],
      'Deployment/redis: HOST of init container wait names Service redis',
    ],
    [
      'the arguments of an init container',
      deployment('app', {
        initContainers: [{ name: 'wait', args: ['-c', 'until nc -z redis 6379; do sleep 1; done'] }],
      }),
      [],
      'Deployment/redis: the command of init container wait names Service redis',
    ],
    [
      'one key of a ConfigMap',
      deployment('app', {
        container: {
          env: [{ name: 'BROKER', valueFrom: { configMapKeyRef: { name: 'urls', key: 'broker' } } }],
        },
      }),
      [config('urls', { broker: url })],
      'Deployment/redis: BROKER of container main (ConfigMap urls) names Service redis',
    ],
    [
      'a whole ConfigMap in the environment',
      deployment('app', { container: { envFrom: [{ configMapRef: { name: 'urls' } }] } }),
      [config('urls', { BROKER: url })],
      'Deployment/redis: BROKER of container main (ConfigMap urls) names Service redis',
    ],
    [
      'a mounted ConfigMap',
      deployment('app', { volumes: [{ name: 'v', configMap: { name: 'conf' } }] }),
      [config('conf', { 'nginx.conf': 'server redis:6379;' })],
      'Deployment/redis: nginx.conf of ConfigMap conf names Service redis',
    ],
    [
      'a projected ConfigMap',
      deployment('app', {
        volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'conf' } }] } }],
      }),
      [config('conf', { 'app.ini': 'broker = redis' })],
      'Deployment/redis: app.ini of ConfigMap conf names Service redis',
    ],
    [
      "the operator's credentials, one key",
      deployment('app', {
        container: {
          env: [{ name: 'PW', valueFrom: { secretKeyRef: { name: secret, key: 'password' } } }],
        },
      }),
      operatorObjects('db'),
      `StatefulSet/db: it logs in with Secret ${secret}`,
    ],
    [
      "the operator's credentials as a whole",
      deployment('app', { container: { envFrom: [{ secretRef: { name: secret } }] } }),
      operatorObjects('db'),
      `StatefulSet/db: it logs in with Secret ${secret}`,
    ],
    [
      "the name of the replicas' Service",
      deployment('app', { container: { env: [{ name: 'DB', value: 'db-repl' }] } }),
      operatorObjects('db'),
      'StatefulSet/db: DB of container main names Service db-repl',
    ],
  ])('%s', async (_name, app, others, expected) => {
    expect(await needs(app, ...redis, ...others)).toEqual([expected]);
  });
});

test('a reason never holds the value, which may be a password', async () => {
  const app = deployment('app', { container: { env: [{ name: 'REDIS_URL', value: url }] } });
  expect((await needs(app, ...redis)).join(' ')).not.toContain('hunter2');
});

test.each([
  ['who may come in', { env: [{ name: 'ALLOWED_HOSTS', value: 'redis,localhost' }] }],
  ['a host of another namespace', { env: [{ name: 'A', value: 'redis.other.svc' }] }],
  ['a longer name', { env: [{ name: 'A', value: 'redis-cache:6379' }] }],
  ['a value that nobody can see', { env: [{ name: 'A', valueFrom: {} }] }],
])('no dependency comes from %s', async (_name, container) => {
  expect(await needs(deployment('app', { container }), ...redis)).toEqual([]);
});

test('a circle is cut at the weaker evidence, so that nobody waits for himself', async () => {
  const app = deployment('app', { container: { env: [{ name: 'SELF_URL', value: 'https://web/' }] } });
  const web = deployment('web', { volumes: [{ name: 'v', configMap: { name: 'conf' } }] });
  const objects = [app, web, service('app'), service('web'), config('conf', { a: 'proxy_pass http://app;' })];
  const edges = dependencyEdges(await inventoryOf('shop', objects));
  expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['Deployment/web Deployment/app']);
});

test.each([
  ['redis', true],
  ['redis:6379', true],
  ['tcp://redis.shop.svc.cluster.local:6379', true],
  ['redis-0.redis', true],
  ['listening on redis.', true],
  ['myredis', false],
  ['redis-sentinel', false],
  ['redis.example.com', false],
  ['redis.shopping', false],
])('%s names Service redis of namespace shop: %s', (text, expected) => {
  expect(names(text, 'redis', 'shop')).toBe(expected);
});
