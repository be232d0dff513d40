import { describe, expect, test } from 'vitest';

import { exampleBase, exampleLab, exampleManifests } from '../../test/fakes/example-shop.ts';
import { inventoryOf, type Manifest } from '../../test/fakes/inventory.ts';
import type { Stack } from '../domain/stack.ts';
import { applyStackFile } from '../stack-file/apply.ts';
import { parseStackFile } from '../stack-file/parse.ts';
import { stackFileText } from '../stack-file/write.ts';
import { discover } from './discover.ts';
import { certificateSecrets, publishablePorts } from './front-door.ts';

const base = exampleBase();
const lab = exampleLab();

async function discovered(objects: readonly Manifest[], published: [number, string][]): Promise<Stack> {
  return discover(await inventoryOf('jewelry-shop', objects), {
    cluster: { provider: 'k3d', name: 'shop', context: 'k3d-shop' },
    published: new Map(published),
    certificateNames: new Map([['jewelry-shop-tls', 'jewelry-shop.local']]),
  });
}

const inLab = () => discovered(lab, [[30443, '127.0.0.1:8443']]);
const inPublic = () =>
  discovered([...base, ...exampleManifests('overlays/public/ingress.yaml')], [[443, '127.0.0.1:443']]);
const needs = (stack: Stack, name: string) =>
  stack.components.find(({ ref }) => ref.name === name)?.dependsOnWhy;

describe('of the example stack', () => {
  test('every component is recognised', async () => {
    const { components } = await inLab();
    expect(Object.fromEntries(components.map(({ ref, adapter }) => [ref.name, adapter]))).toEqual({
      'celery-beat': 'celery',
      'celery-worker': 'celery',
      django: 'web',
      'jewelry-shop-db': 'patroni',
      'jewelry-shop-db-pooler': 'pgbouncer',
      nginx: 'edge',
      redis: 'redis',
    });
  });

  test('every dependency is found, with its reason', async () => {
    const stack = await inLab();
    const ofApp = {
      'Deployment/jewelry-shop-db-pooler': 'DB_HOST of container django names Service jewelry-shop-db-pooler',
      'StatefulSet/jewelry-shop-db':
        'it logs in with Secret jewelry-app.jewelry-shop-db.credentials.postgresql.acid.zalan.do',
      'StatefulSet/redis': 'REDIS_URL of container django names Service redis',
    };
    expect(needs(stack, 'django')).toEqual(ofApp);
    expect(Object.keys(needs(stack, 'celery-worker') ?? {})).toEqual(Object.keys(ofApp));
    expect(needs(stack, 'nginx')).toEqual({
      'Deployment/django': 'nginx.conf of ConfigMap nginx-conf names Service django',
    });
    expect(Object.keys(needs(stack, 'jewelry-shop-db-pooler') ?? {})).toEqual([
      'StatefulSet/jewelry-shop-db',
    ]);
    expect(needs(stack, 'redis')).toEqual({});
  });

  test('the database and the pooler have their credentials', async () => {
    const { databases, poolers } = await inLab();
    expect(databases).toMatchObject([{ cluster: 'jewelry-shop-db', app: { database: 'jewelry_shop' } }]);
    expect(poolers).toMatchObject([{ name: 'jewelry-shop-db-pooler', database: 'jewelry_shop' }]);
  });

  test('the front door is a node port in the overlay lab', async () => {
    const { frontDoor } = await inLab();
    expect(frontDoor).toMatchObject({
      url: 'https://jewelry-shop.local:8443',
      address: '127.0.0.1:8443',
      tlsSecret: { name: 'jewelry-shop-tls' },
      podPort: 8443,
      nodePort: 30443,
      healthPath: '/health/',
      writeProbe: { path: '/orders/' },
    });
    expect(frontDoor?.why).toMatch(/node port 30443 is published at 127\.0\.0\.1:8443/);
  });

  test('the front door is the Ingress in the overlay public', async () => {
    const { frontDoor } = await inPublic();
    expect(frontDoor).toMatchObject({
      url: 'https://jewelry-shop.local',
      address: '127.0.0.1:443',
      tlsSecret: { name: 'jewelry-shop-tls' },
      service: { name: 'nginx' },
      podPort: 8443,
      nodePort: 443,
      podLabels: { component: 'nginx' },
      writeProbe: { path: '/orders/' },
    });
    expect(frontDoor?.why).toMatch(/^Ingress jewelry-shop: jewelry-shop\.local\/ leads to Service nginx/);
  });

  test('an Ingress that is not published is no way in', async () => {
    const objects = [...lab, ...exampleManifests('overlays/public/ingress.yaml')];
    expect((await discovered(objects, [[30443, '127.0.0.1:8443']])).frontDoor?.why).toMatch(/^Service nginx/);
    const inventory = await inventoryOf('jewelry-shop', objects);
    expect(publishablePorts(inventory)).toEqual([30443, 443, 80]);
    expect([...certificateSecrets(inventory)]).toEqual(['jewelry-shop-tls']);
  });

  test('the stack file that is written says why, and means the same when it is read', async () => {
    for (const stack of [await inLab(), await inPublic()]) {
      const written = stackFileText(stack);
      expect(written).toContain('# DB_HOST of container django names Service jewelry-shop-db-pooler\n');
      expect(written).toContain('# its command runs gunicorn\n');
      expect(written).toContain(`# ${stack.frontDoor?.why ?? ''}\n`);
      const why = 'written in the stack file';
      expect(applyStackFile(stack, parseStackFile(written, 'rekindle.yaml'))).toEqual({
        ...stack,
        components: stack.components.map((component) => Object.assign({}, component, { why })),
        frontDoor: { ...stack.frontDoor, why },
      });
    }
  });
});
