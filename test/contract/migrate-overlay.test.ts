import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { parse } from 'yaml';

import { containersOf, type Manifest } from '../../src/migrate/manifest.ts';
import { planMigration } from '../../src/migrate/plan-migration.ts';
import type { DatabaseChoice, TargetId } from '../../src/migrate/target.ts';
import { targets } from '../../src/migrate/targets/index.ts';
import { define, refused } from '../fakes/apply-objects.ts';
import { eksStandIns, gkeStandIns, othersDefinitions } from '../fakes/custom-definitions.ts';
import { buildOverlay, fillSettings, migratedExample, writeFiles } from '../fakes/migrated.ts';
import { noApiServer, realApiServer, type RealApiServer } from '../fakes/real-api-server.ts';
import { localStack } from '../fakes/local-stack.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const found: { api?: RealApiServer; lacking?: string } = {};

beforeAll(async () => {
  if (noApiServer !== undefined) return;
  const others = await othersDefinitions();
  if (others.lacking !== undefined) {
    found.lacking = others.lacking;
    return;
  }
  found.api = await realApiServer();
  await define(found.api, [...others.list, ...gkeStandIns, ...eksStandIns]);
  for (const name of ['jewelry-shop', 'shop']) {
    const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await found.api.request('POST', '/api/v1/namespaces', space);
  }
}, 240_000);

afterAll(() => found.api?.stop());

function server(context: TestContext): RealApiServer {
  skipWhen(context, noApiServer ?? found.lacking);
  if (found.api === undefined) throw new Error('the API server was not started');
  return found.api;
}

async function built(
  context: TestContext,
  id: TargetId,
  database: DatabaseChoice,
  stack: 'lab' | 'public' | 'every habit' = 'public',
) {
  const { files } =
    stack === 'every habit'
      ? planMigration({ kit: targets[id], database, read: { manifests: localStack(), unread: [] } })
      : await migratedExample(id, database, { overlay: stack });
  const folder = temporaryFolder();
  writeFiles(folder, files);
  const place = path.join(folder, 'kubernetes/overlays', id);
  fillSettings(place, files, id);
  return { folder: place, objects: await buildOverlay(context, place) };
}

const find = (objects: readonly Manifest[], kind: string, name: string) =>
  objects.find((one) => one.kind === kind && one.metadata.name === name);

describe.each([
  ['gke', 'operator'],
  ['gke', 'managed'],
  ['eks', 'operator'],
  ['eks', 'managed'],
  ['aks', 'operator'],
] as const)('the overlay for %s with the database by %s', (id, database) => {
  test.for(['lab', 'public', 'every habit'] as const)(
    'builds (%s), and a real API server takes every object of it',
    async (stack, context) => {
      const { objects } = await built(context, id, database, stack);
      expect(objects.length).toBeGreaterThan(15);
      expect(await refused(server(context), objects)).toEqual([]);
    },
  );

  test('leaves nothing of the local cluster, and no value open', async (context) => {
    const { objects } = await built(context, id, database);
    const text = JSON.stringify(objects);
    expect(text).not.toMatch(
      /local-path|traefik|NodePort|rekindle-lab\/jewelry-shop:1"|\.invalid|192\.0\.2\.1/,
    );
    expect(objects.some(({ kind }) => kind === 'Secret')).toBe(false);
    const images = objects.flatMap(containersOf).map(({ container }) => String(container['image']));
    expect(images.length).toBeGreaterThan(5);
    for (const image of images) expect(image).toMatch(/^europe-west1-docker\.pkg\.dev\/project\/shop\//);
  });

  test('does not build without the values of the infrastructure', async (context) => {
    const { folder } = await built(context, id, database);
    rmSync(path.join(folder, 'settings.env'));
    await expect(buildOverlay(context, folder)).rejects.toThrow(/settings\.env/);
  });

  test('does not build over a base that has changed since', async (context) => {
    const { folder } = await built(context, id, database);
    const file = path.join(folder, '../../base/deployment-django.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('jewelry-shop:1', 'jewelry-shop:2'));
    await expect(buildOverlay(context, folder)).rejects.toThrow(/test failed/);
  });
});

test('what is wrong is refused: a field that nobody knows, a value of the wrong type, a kind that is not there', async (context) => {
  const { objects } = await built(context, 'gke', 'operator');
  const deployment = find(objects, 'Deployment', 'django') as Manifest;
  const cluster = find(objects, 'postgresql', 'jewelry-shop-db') as Manifest;
  const gateway = find(objects, 'Gateway', 'jewelry-shop') as Manifest;
  const wrong: readonly Manifest[] = [
    { ...deployment, spec: { ...(deployment['spec'] as object), replica: 3 } },
    { ...cluster, spec: { ...(cluster['spec'] as object), numberOfInstances: 'three' } },
    { ...gateway, spec: { ...(gateway['spec'] as object), listeners: [] } },
    { apiVersion: 'v1', kind: 'Nothing', metadata: { name: 'x' } },
  ];
  const lines = await refused(server(context), wrong);
  expect(lines).toHaveLength(4);
  expect(lines.join('\n')).toMatch(/replica.*numberOfInstances.*listeners.*Nothing/s);
});

test('texts come through as they were, whatever YAML makes of them', async (context) => {
  const { objects } = await built(context, 'gke', 'operator', 'every habit');
  const given = localStack().find(({ metadata }) => metadata.name === 'odd.texts');
  expect(find(objects, 'ConfigMap', 'odd.texts')?.['data']).toEqual(given?.['data']);
});

describe('the objects on GKE', () => {
  test('the front door: the address, the certificate, the domain, and a health check that knows the shop', async (context) => {
    const { objects } = await built(context, 'gke', 'operator');
    expect(find(objects, 'Gateway', 'jewelry-shop')).toMatchObject({
      metadata: { annotations: { 'networking.gke.io/certmap': 'value-of-certificate' } },
      spec: {
        gatewayClassName: 'gke-l7-global-external-managed',
        addresses: [{ type: 'NamedAddress', value: 'value-of-front-door-address' }],
      },
    });
    expect(find(objects, 'HTTPRoute', 'jewelry-shop')).toMatchObject({
      spec: {
        hostnames: ['shop.example.com'],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [{ name: 'nginx', port: 443 }],
          },
        ],
      },
    });
    expect(find(objects, 'HealthCheckPolicy', 'nginx')).toMatchObject({
      spec: {
        default: {
          config: { type: 'HTTPS', httpsHealthCheck: { requestPath: '/health/', host: 'shop.example.com' } },
        },
      },
    });
    expect(find(objects, 'Service', 'nginx')).toMatchObject({ spec: { ports: [{ appProtocol: 'HTTPS' }] } });
    expect(find(objects, 'Ingress', 'jewelry-shop')).toBeUndefined();
  });

  test('uploads are in the bucket, for every pod, as an account of their own', async (context) => {
    const { objects } = await built(context, 'gke', 'operator');
    expect(find(objects, 'PersistentVolume', 'jewelry-shop-django-uploads')).toMatchObject({
      spec: {
        csi: { driver: 'gcsfuse.csi.storage.gke.io', volumeHandle: 'value-of-uploads' },
        claimRef: { namespace: 'jewelry-shop', name: 'django-uploads' },
      },
    });
    expect(find(objects, 'Deployment', 'django')).toMatchObject({
      spec: {
        template: {
          metadata: { annotations: { 'gke-gcsfuse/volumes': 'true' } },
          spec: {
            serviceAccountName: 'django',
            volumes: [{ name: 'uploads', persistentVolumeClaim: { claimName: 'django-uploads' } }],
          },
        },
      },
    });
  });

  test('the operator’s database: its own disks, nodes and backups, and no change of what it says about replication', async (context) => {
    const { objects } = await built(context, 'gke', 'operator');
    expect(find(objects, 'postgresql', 'jewelry-shop-db')).toMatchObject({
      spec: {
        numberOfInstances: 3,
        patroni: { synchronous_mode: true },
        volume: { size: '10Gi', storageClass: 'database-ssd' },
        tolerations: [{ key: 'dedicated', value: 'database' }],
        env: expect.arrayContaining([{ name: 'WAL_GS_BUCKET', value: 'value-of-backup-bucket' }]),
      },
    });
  });

  test('the managed database: the old names lead to it, through a pooler, with passwords from the store', async (context) => {
    const { objects } = await built(context, 'gke', 'managed');
    expect(find(objects, 'postgresql', 'jewelry-shop-db')).toBeUndefined();
    expect(find(objects, 'EndpointSlice', 'jewelry-shop-db-cloud-sql')).toMatchObject({
      metadata: { labels: { 'kubernetes.io/service-name': 'jewelry-shop-db' } },
      endpoints: [{ addresses: ['10.1.2.3'] }],
    });
    const settings = find(objects, 'ConfigMap', 'jewelry-shop-db-pooler')?.['data'] as Record<string, string>;
    expect(settings['pgbouncer.ini']).toContain('jewelry_shop = host=jewelry-shop-db port=5432');
    expect(find(objects, 'ExternalSecret', 'database-jewelry-app')).toMatchObject({
      spec: {
        target: { name: 'jewelry-app.jewelry-shop-db.credentials.postgresql.acid.zalan.do' },
        data: [{ remoteRef: { key: 'jewelry-shop-database-jewelry-app', property: 'password' } }],
      },
    });
    expect(find(objects, 'PodDisruptionBudget', 'jewelry-shop-db-pooler')).toBeDefined();
  });

  test('the values for the operator’s chart are values that the chart has', async (context) => {
    const { goModule } = await import('../fakes/go-module.ts');
    const chart = await goModule(
      'github.com/zalando/postgres-operator@v1.14.0',
      'h1:C8+n26C8v6fPB1SNW+Y8X6oQoEHufzGJXJzYPlix+zw=',
    );
    skipWhen(context, chart.lacking);
    const { files } = await migratedExample('gke', 'operator');
    const ours = parse(files['platform/postgres-operator-values.yaml'] ?? '') as Record<string, object>;
    const usual = parse(
      readFileSync(path.join(chart.folder ?? '', 'charts/postgres-operator/values.yaml'), 'utf8'),
    ) as Record<string, object>;
    for (const [section, values] of Object.entries(ours))
      for (const [key, value] of Object.entries(values))
        expect(typeof (usual[section] as Record<string, unknown>)[key], `${section}.${key}`).toBe(
          typeof value,
        );
  });
});
