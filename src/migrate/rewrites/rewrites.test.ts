import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { localStack } from '../../../test/fakes/local-stack.ts';
import { Bench } from '../bench.ts';
import { valueAt, type FieldPath, type Manifest } from '../manifest.ts';
import { removed } from '../plain-secrets/in-text.ts';
import { withoutPlainSecrets } from '../plain-secrets/in-manifest.ts';
import { planMigration } from '../plan-migration.ts';
import type { DatabaseChoice, TargetId } from '../target.ts';
import { targets } from '../targets/index.ts';
import { localNames } from './host-names.ts';
import { splitImage } from './image.ts';
import { rules } from './index.ts';

function rewritten(
  manifests: readonly Manifest[],
  database: DatabaseChoice = 'operator',
  id: TargetId = 'gke',
): Bench {
  const bench = new Bench(manifests);
  for (const rule of rules) rule.run(bench, { target: targets[id].target, database });
  return bench;
}

const bench = rewritten(localStack().map(withoutPlainSecrets));

const there = (kind: string, name: string): Manifest => {
  const found = bench.find(kind, name, kind === 'PersistentVolume' ? undefined : 'shop');
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};

const pod = ['spec', 'template', 'spec'] as const;

const told = (rule: string, object: string) =>
  bench.tasks
    .filter((task) => task.rule === rule && task.object.includes(object))
    .map(({ what, how }) => `${what} ${how}`);

test('every rule of the folder is in the list', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const own = files.filter((name) =>
    /^export const \w+: Rule = /m.test(readFileSync(path.join(import.meta.dirname, name), 'utf8')),
  );
  expect(own.map((name) => name.replace('.ts', '')).sort()).toEqual(rules.map(({ id }) => id).sort());
});

const plain = (text: string) => text.replaceAll(/[`’']/g, '').replaceAll(/\s+/g, ' ');

test('the documentation has every rule, with what it looks for', () => {
  const docs = readFileSync(path.join(import.meta.dirname, '../../../docs/migrate.md'), 'utf8');
  for (const { id, looksFor } of rules) expect(plain(docs)).toContain(plain(`| ${id} | ${looksFor} |`));
});

test('a row has a reason each, and a before that differs from its after', () => {
  expect(bench.changes.length).toBeGreaterThan(30);
  for (const { why, before, after, where } of bench.changes) {
    expect(why.length, where).toBeGreaterThan(15);
    expect(before, where).not.toBe(after);
  }
  for (const { what, how } of bench.tasks) expect(Math.min(what.length, how.length)).toBeGreaterThan(15);
});

describe('what is left behind', () => {
  test.each([
    ['HelmChart', 'grafana'],
    ['ConfigMap', 'coredns-custom'],
    ['PersistentVolume', 'pvc-1'],
    ['IngressRoute', 'web'],
    ['Middleware', 'limit'],
    ['Secret', 'api'],
    ['SealedSecret', 'sealed'],
    ['PersistentVolumeClaim', 'data-postgres-0'],
  ])('%s %s', (kind, name) => {
    expect(bench.objects(kind).filter(({ metadata }) => metadata.name === name)).toEqual([]);
  });

  test.each([
    ['local-objects', 'HelmChart', /helm install/],
    ['front-door', 'Middleware', /not carried over/],
    ['secrets', 'Secret shop/api', /copy-secret\.sh shop api shop-api/],
    [
      'secrets',
      'Secret shop/sealed',
      /sealed with the key of the local cluster.*copy-secret\.sh shop sealed/,
    ],
    ['secrets', 'Secret shop/shop-tls', /internal-certificate\.sh shop shop-tls/],
  ])('with a task: %s, %s', (rule, object, words) => {
    expect(told(rule, object).join('\n')).toMatch(words);
  });
});

describe('fields', () => {
  const gone: readonly (readonly [string, string, FieldPath])[] = [
    ['Deployment', 'web', [...pod, 'nodeSelector']],
    ['Deployment', 'web', [...pod, 'hostNetwork']],
    ['Deployment', 'web', [...pod, 'containers', 0, 'ports', 0, 'hostPort']],
    ['Deployment', 'web', ['metadata', 'annotations', 'deployment.kubernetes.io/revision']],
    ['Deployment', 'search', [...pod, 'nodeName']],
    ['StatefulSet', 'queue', [...pod, 'affinity', 'nodeAffinity']],
    ['Service', 'web', ['spec', 'clusterIP']],
    ['Service', 'web', ['spec', 'clusterIPs']],
    ['Service', 'web', ['spec', 'healthCheckNodePort']],
    ['Service', 'web', ['spec', 'externalTrafficPolicy']],
    ['Service', 'web', ['spec', 'ports', 0, 'nodePort']],
    ['Service', 'web', ['metadata', 'annotations', 'svccontroller.k3s.cattle.io/nodeselector']],
    ['Service', 'postgres', ['spec', 'ports', 0, 'nodePort']],
    ['PersistentVolumeClaim', 'exports', ['spec', 'volumeName']],
    ['PersistentVolumeClaim', 'exports', ['metadata', 'annotations', 'volume.kubernetes.io/selected-node']],
  ];
  test.each(gone)('%s %s: %j is gone', (kind, name, field) => {
    expect(valueAt(there(kind, name), field)).toBeUndefined();
    expect(
      localStack().some(
        (one) => one.kind === kind && one.metadata.name === name && valueAt(one, field) !== undefined,
      ),
    ).toBe(true);
  });

  const set: readonly (readonly [string, string, FieldPath, unknown])[] = [
    ['Deployment', 'web', [...pod, 'dnsPolicy'], 'ClusterFirst'],
    ['Deployment', 'web', [...pod, 'containers', 0, 'image'], 'registry.invalid/shop/web'],
    ['Deployment', 'web', [...pod, 'containers', 0, 'imagePullPolicy'], 'IfNotPresent'],
    ['Deployment', 'web', [...pod, 'containers', 0, 'env', 0, 'value'], 'https://DOMAIN/start'],
    [
      'Deployment',
      'web',
      [...pod, 'containers', 0, 'env', 1, 'value'],
      'localhost,DOMAIN,web.shop.svc.cluster.local',
    ],
    ['Deployment', 'web', [...pod, 'containers', 0, 'env', 4, 'value'], 'DOMAIN'],
    [
      'Deployment',
      'web',
      [...pod, 'volumes', 0],
      { name: 'media', persistentVolumeClaim: { claimName: 'web-media' } },
    ],
    ['Deployment', 'web', [...pod, 'volumes', 1, 'emptyDir'], {}],
    [
      'Deployment',
      'search',
      [...pod, 'volumes', 0],
      { name: 'data', persistentVolumeClaim: { claimName: 'search-data' } },
    ],
    ['Deployment', 'search', ['spec', 'strategy'], { type: 'Recreate' }],
    ['StatefulSet', 'queue', ['spec', 'volumeClaimTemplates', 0, 'spec', 'storageClassName'], 'database-ssd'],
    [
      'StatefulSet',
      'postgres',
      ['spec', 'volumeClaimTemplates', 0, 'spec', 'storageClassName'],
      'regional-ssd',
    ],
    [
      'StatefulSet',
      'postgres',
      ['spec', 'volumeClaimTemplates', 0, 'spec', 'resources', 'requests', 'storage'],
      '20Gi',
    ],
    ['PersistentVolumeClaim', 'exports', ['spec', 'storageClassName'], 'regional-ssd'],
    ['PersistentVolumeClaim', 'exports', ['spec', 'resources', 'requests', 'storage'], '10Gi'],
    ['PersistentVolumeClaim', 'fast', ['spec', 'storageClassName'], 'longhorn'],
    ['Service', 'web', ['spec', 'type'], 'ClusterIP'],
    ['Service', 'queue', ['spec', 'clusterIP'], 'None'],
    ['ConfigMap', 'web', ['data', 'server'], 'DOMAIN'],
    ['CronJob', 'mails', ['spec', 'suspend'], true],
    ['ExternalSecret', 'pull', ['spec', 'target', 'template', 'type'], 'kubernetes.io/dockerconfigjson'],
    ['ExternalSecret', 'pull', ['spec', 'secretStoreRef', 'name'], 'secret-manager'],
    [
      'Deployment',
      'web',
      [...pod, 'containers', 0, 'env', 5],
      { name: 'SMTP_PASSWORD', valueFrom: { secretKeyRef: { name: 'web-env', key: 'SMTP_PASSWORD' } } },
    ],
    ['Deployment', 'web', [...pod, 'containers', 0, 'env', 7, 'value'], '/run/secrets/password'],
    ['HTTPRoute', 'web', ['spec', 'rules', 0, 'matches', 0, 'path', 'value'], '/app'],
    ['HealthCheckPolicy', 'web', ['spec', 'default', 'config', 'httpHealthCheck', 'requestPath'], '/ready'],
    ['NetworkPolicy', 'from-load-balancer', ['spec', 'podSelector', 'matchLabels'], { app: 'web' }],
    ['PodDisruptionBudget', 'queue', ['spec', 'maxUnavailable'], 1],
    [
      'ExternalSecret',
      'api',
      ['spec', 'data'],
      [{ secretKey: 'token', remoteRef: { key: 'shop-api', property: 'token' } }],
    ],
  ];
  test.each(set)('%s %s: %j is %j', (kind, name, field, value) => {
    expect(valueAt(there(kind, name), field)).toEqual(value);
  });
});

describe('what only a person can do', () => {
  test.each([
    ['host-path', 'Deployment shop/search', /docker\.sock/],
    ['host-path', 'Deployment shop/web', /home\/somebody\/media.*not in the dump/],
    ['empty-dir', 'Deployment shop/web', /stuff.*does not say what is in it/],
    ['empty-dir', 'Deployment shop/search', /had no size.*du -sh/],
    ['host-addresses', 'Deployment shop/web', /host\.k3d\.internal.*outside of the cluster/],
    ['host-addresses', 'Deployment shop/web', /10\.43\.7\.7/],
    ['host-addresses', 'NetworkPolicy shop/web', /192\.168\.1\.0/],
    ['host-names', 'ConfigMap shop/web', /nginx\.conf has shop\.local/],
    ['image', 'Deployment shop/search', /elasticsearch:latest.*depends on the day/],
    ['image', 'Deployment shop/web', /shop\/web has no tag/],
    ['storage', 'PersistentVolumeClaim shop/fast', /longhorn/],
    ['database', 'StatefulSet shop/postgres', /not run by the Zalando operator/],
    ['requests', 'Deployment shop/web', /no requests/],
    ['spread', 'Deployment search', /runs once/],
    ['other-data', 'StatefulSet shop/queue', /not in the dump/],
    ['plain-values', 'Deployment shop/web', /SMTP_PASSWORD, DATABASE_URL.*shop-web-env/],
    ['plain-values', 'ConfigMap shop/web', /api_key held a secret/],
    ['host-addresses', 'Endpoints shop/legacy', /192\.168\.1\.20/],
    ['secrets', 'Secret shop/pull', /store at-home, which is not in the export/],
    ['run-once', 'Job shop/import', /has run on the old cluster/],
    ['definitions', 'ResourceQuota shop/small', /set for one machine/],
    ['front-door', 'Service shop/postgres', /reached from outside by itself/],
  ])('%s, %s', (rule, object, words) => {
    expect(told(rule, object).join('\n')).toMatch(words);
  });

  test('a cache and a folder in memory are left as they are, without a word', () => {
    expect(told('empty-dir', 'web').join('\n')).not.toMatch(/cache/);
  });

  test('images of other registries and pinned digests stay as they are named', () => {
    expect([...bench.images.keys()]).not.toContain('quay.io/logs/ship:1.2');
    expect([...bench.images.keys()].filter((name) => name.startsWith('rabbitmq'))).toEqual([]);
    expect(told('image', 'queue')).toEqual([]);
  });
});

test('no secret of the export is in any file, whatever kind of Secret it came as', () => {
  for (const database of ['operator', 'managed'] as const) {
    const read = { manifests: localStack(), unread: [] };
    const { files } = planMigration({ kit: targets.gke, database, read });
    const text = Object.values(files).join('\n');
    expect(text).not.toMatch(/not-for-anybody|bm90LWZvci1hbnlib2R5/);
    expect(Object.keys(files).filter((name) => /base\/(sealed)?secret-/.test(name))).toEqual([]);
  }
});

test('a database of the operator that has one member, or does not wait for its standby, is told', () => {
  const cluster: Manifest = {
    apiVersion: 'acid.zalan.do/v1',
    kind: 'postgresql',
    metadata: { name: 'db', namespace: 'shop' },
    spec: {
      numberOfInstances: 1,
      postgresql: { version: '16', parameters: { work_mem: '64MB' } },
      volume: { size: '2Gi' },
      users: { owner: ['superuser'] },
      databases: { shop: 'owner' },
    },
  };
  const operator = rewritten([cluster])
    .tasks.map(({ what }) => what)
    .join('\n');
  expect(operator).toMatch(/1 members/);
  expect(operator).toMatch(/not synchronous/);
  const managed = rewritten([cluster], 'managed')
    .tasks.map(({ what }) => what)
    .join('\n');
  expect(managed).toMatch(/owner is a superuser/);
  expect(managed).toMatch(/work_mem = 64MB/);
});

test.each(['gke', 'eks', 'aks'] as const)(
  '%s: the old cluster’s store is taken out of the database, and other local names are told',
  (id) => {
    const cluster: Manifest = {
      apiVersion: 'acid.zalan.do/v1',
      kind: 'postgresql',
      metadata: { name: 'db', namespace: 'shop' },
      spec: {
        numberOfInstances: 3,
        postgresql: { version: '17' },
        volume: { size: '20Gi' },
        env: [
          { name: 'AWS_ENDPOINT', value: 'http://minio.local:9000' },
          { name: 'AWS_S3_FORCE_PATH_STYLE', value: 'true' },
          { name: 'AWS_SECRET_ACCESS_KEY', value: removed },
          { name: 'WALG_DISABLE_S3_SSE', value: 'true' },
          { name: 'WALE_S3_PREFIX', value: 's3://old/spilo' },
          { name: 'CLONE_WAL_S3_BUCKET', value: 'old' },
          { name: 'WALG_COMPRESSION_METHOD', value: 'brotli' },
          { name: 'LICENCE_SERVER', value: 'http://licence.local' },
        ],
        clone: { cluster: 'old', s3_endpoint: 'http://minio.local:9000' },
        standby: { standby_host: 'old' },
        sidecars: [{ name: 'logs', image: 'logs:1', env: [{ name: 'TO', value: 'host.k3d.internal' }] }],
      },
    };
    const moved = rewritten([cluster], 'operator', id);
    const spec = valueAt(moved.find('postgresql', 'db', 'shop'), ['spec']);
    const names = JSON.stringify(valueAt(spec, ['env']));
    expect(names).not.toMatch(/AWS_(ENDPOINT|S3|SECRET)|DISABLE_S3_SSE|WALE_S3_PREFIX|CLONE_WAL/);
    expect(names).toMatch(/WALG_COMPRESSION_METHOD.*LICENCE_SERVER/);
    expect(valueAt(spec, ['clone'])).toBeUndefined();
    const rows = moved.changes.filter(({ after }) => after === '(removed)').map(({ before }) => before);
    expect(rows).toEqual(
      expect.arrayContaining([
        'AWS_ENDPOINT: http://minio.local:9000',
        'AWS_SECRET_ACCESS_KEY: a secret or a reference',
        'CLONE_WAL_S3_BUCKET: old',
      ]),
    );
    const all = moved.tasks.map(({ what }) => what).join('\n');
    expect(all).toMatch(/licence\.local/);
    expect(all).toMatch(/spec\.sidecars\[0\]\.env\[0\]\.value leads to host\.k3d\.internal/);
    expect(all).toMatch(/follows another cluster/);
  },
);

test('names of this machine are told from names of the cluster', () => {
  expect(localNames('https://shop.local:8443, a.b.localhost, 127-0-0-1.nip.io and x.test')).toEqual([
    'shop.local',
    'a.b.localhost',
    '127-0-0-1.nip.io',
    'x.test',
  ]);
  expect(
    localNames('web.shop.svc.cluster.local redis.shop.svc shop.locality.com myshop.localdomain'),
  ).toEqual([]);
});

test('an image is split as a container engine does it', () => {
  expect(splitImage('nginx:1')).toEqual({ rest: 'nginx:1' });
  expect(splitImage('shop/web:1')).toEqual({ rest: 'shop/web:1' });
  expect(splitImage('localhost/web:1')).toEqual({ host: 'localhost', rest: 'web:1' });
  expect(splitImage('ghcr.io/a/b@sha256:1')).toEqual({ host: 'ghcr.io', rest: 'a/b@sha256:1' });
});

const workload = (name: string, of: string): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: { template: { spec: { containers: [{ name: 'c', image: of }] } } },
});

test('an image is pushed under a name and a tag, which a digest is not', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const moved = rewritten([
    workload('hub', `redis:7@${digest}`),
    workload('tagged', `localhost:5000/shop/web:3@${digest}`),
    workload('bare', `localhost:5000/shop/web@${digest}`),
  ]);
  expect([...moved.images.values()]).toEqual(['shop/web:3', 'shop/web:sha256-abababababab']);
  const imageOf = (name: string) =>
    valueAt(moved.find('Deployment', name, 'shop'), [...pod, 'containers', 0, 'image']);
  expect(imageOf('hub')).toBe(`redis:7@${digest}`);
  expect(imageOf('tagged')).toBe('registry.invalid/shop/web:3');
  expect(moved.tasks.filter(({ what }) => what.includes('named by its digest'))).toHaveLength(2);
});
