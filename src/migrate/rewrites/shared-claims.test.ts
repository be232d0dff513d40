import { expect, test } from 'vitest';

import { Bench } from '../bench.ts';
import { valueAt, type Manifest } from '../manifest.ts';
import { planMigration } from '../plan-migration.ts';
import { targets } from '../targets/index.ts';
import { rules } from './index.ts';

const shop = { namespace: 'shop' };

const workload = (
  name: string,
  more: { kind?: string; replicas?: number; claim?: string; at?: string } = {},
): Manifest => ({
  apiVersion: 'apps/v1',
  kind: more.kind ?? 'Deployment',
  metadata: { name, ...shop },
  spec: {
    ...(more.replicas !== undefined && { replicas: more.replicas }),
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name,
            image: `shop/${name}:1`,
            volumeMounts: [{ name: 'files', mountPath: more.at ?? '/media' }],
          },
        ],
        volumes: [
          {
            name: 'files',
            ...(more.claim === ''
              ? { emptyDir: {} }
              : { persistentVolumeClaim: { claimName: more.claim ?? 'media' } }),
          },
        ],
      },
    },
  },
});

const claim = (name = 'media', spec: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, ...shop },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } }, ...spec },
});

const scaler = (name: string, minReplicas: number, maxReplicas: number): Manifest => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, ...shop },
  spec: { minReplicas, maxReplicas, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } },
});

function rewritten(...manifests: readonly Manifest[]): Bench {
  const bench = new Bench(manifests);
  for (const rule of rules) rule.run(bench, { target: targets.gke.target, database: 'operator' });
  return bench;
}

const claimOf = (bench: Bench, name: string) =>
  valueAt(bench.find('Deployment', name, 'shop'), [
    'spec',
    'template',
    'spec',
    'volumes',
    0,
    'persistentVolumeClaim',
    'claimName',
  ]);

const told = (bench: Bench, rule: string) =>
  bench.tasks
    .filter((task) => task.rule === rule)
    .map(({ object, what }) => `${object}: ${what}`)
    .join('\n');

test.each([
  ['two workloads', [workload('django'), workload('celery')]],
  ['two pods of one', [workload('django', { replicas: 2 })]],
  ['an autoscaler’s pods', [workload('django'), scaler('django', 1, 4)]],
  ['a pod on each node', [workload('django', { kind: 'DaemonSet' })]],
])('files of users that %s mount get shared storage', (_, users) => {
  const bench = rewritten(claim(), ...users);
  expect(bench.find('PersistentVolumeClaim', 'media', 'shop')).toBeUndefined();
  const shared = bench.find('PersistentVolumeClaim', 'media-shared', 'shop');
  expect(valueAt(shared, ['spec', 'accessModes'])).toEqual(['ReadWriteMany']);
  const mounted = users
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata }) => claimOf(bench, metadata.name));
  expect(mounted.every((name) => name === 'media-shared')).toBe(true);
  expect(
    bench.grants.filter(({ may }) => may === 'write-uploads').map(({ serviceAccount }) => serviceAccount),
  ).toEqual(
    users.filter(({ kind }) => kind !== 'HorizontalPodAutoscaler').map(({ metadata }) => metadata.name),
  );
});

test('data that several pods mount stays on a disk, and is told', () => {
  const bench = rewritten(
    claim('data'),
    workload('db', { claim: 'data', at: '/var/lib/db' }),
    workload('report', { claim: 'data', at: '/db' }),
  );
  expect(valueAt(bench.find('PersistentVolumeClaim', 'data', 'shop'), ['spec', 'storageClassName'])).toBe(
    'regional-ssd',
  );
  expect(told(bench, 'storage')).toMatch(
    /PersistentVolumeClaim shop\/data: Several pods mount it \(Deployment shop\/db, Deployment shop\/report\)/,
  );
});

test('a claim for many nodes is shared whatever it is called, and becomes a disk’s where one pod mounts it', () => {
  const many = { accessModes: ['ReadWriteMany'] };
  const shared = rewritten(claim('data', many), workload('web', { claim: 'data', at: '/srv', replicas: 3 }));
  expect(claimOf(shared, 'web')).toBe('data-shared');
  const lone = rewritten(claim('data', many), workload('web', { claim: 'data', at: '/srv' }));
  expect(valueAt(lone.find('PersistentVolumeClaim', 'data', 'shop'), ['spec', 'accessModes'])).toEqual([
    'ReadWriteOnce',
  ]);
});

test('a Deployment of one pod with a disk is never rolled', () => {
  const bench = rewritten(claim(), workload('web'));
  expect(valueAt(bench.find('Deployment', 'web', 'shop'), ['spec', 'strategy'])).toEqual({
    type: 'Recreate',
  });
  expect(told(bench, 'storage')).toBe('');
});

test('what an autoscaler has several pods of is no single pod: an emptyDir with data', () => {
  const bench = rewritten(workload('web', { claim: '', at: '/data' }), scaler('web', 2, 6));
  expect(valueAt(bench.find('PersistentVolumeClaim', 'web-files', 'shop'), ['spec', 'accessModes'])).toEqual([
    'ReadWriteMany',
  ]);
});

test.each(['gke', 'eks', 'aks'] as const)(
  '%s: the overlay drops the claim, and its files are copied once',
  (id) => {
    const manifests = [claim(), workload('django'), workload('celery', { replicas: 2 })];
    const { files } = planMigration({
      kit: targets[id],
      database: 'operator',
      read: { manifests, unread: [] },
    });
    expect(files[`kubernetes/overlays/${id}/patches/without-persistentvolumeclaim-media.yaml`]).toContain(
      '$patch: delete',
    );
    expect(files[`kubernetes/overlays/${id}/resources/persistentvolumeclaim-media-shared.yaml`]).toContain(
      'ReadWriteMany',
    );
    const copies = [...(files['cut-over.md'] ?? '').matchAll(/to=copies\/([\w-]+)/g)].map(([, name]) => name);
    expect(copies).toEqual(['deployment-django']);
  },
);
