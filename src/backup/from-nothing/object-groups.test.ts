import { expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { groupsOf, workloadName } from './object-groups.ts';
import { inLayers } from './steps/workloads.ts';

const object = (kind: string, name: string, namespace?: string, fields: object = {}): KubeObject => ({
  apiVersion: kind === 'postgresql' ? 'acid.zalan.do/v1' : 'v1',
  kind,
  metadata: { name, uid: '', ...(namespace !== undefined && { namespace }) },
  ...fields,
});

const objects = [
  object('Namespace', 'shop'),
  object('CustomResourceDefinition', 'postgresqls.acid.zalan.do'),
  object('ClusterRole', 'operator'),
  object('Deployment', 'operator', 'operators', { spec: { replicas: 1 } }),
  object('Job', 'of-the-operator', 'operators'),
  object('Secret', 'of-the-operator', 'operators'),
  object('Secret', 'db', 'shop'),
  object('ConfigMap', 'nginx', 'shop'),
  object('postgresql', 'db', 'shop'),
  object('StatefulSet', 'redis', 'shop', { spec: { replicas: 1 } }),
  object('StatefulSet', 'books', 'shop', { spec: {} }),
  object('Deployment', 'django', 'shop', { spec: { replicas: 3 } }),
  object('CronJob', 'nightly', 'shop'),
  object('DaemonSet', 'logs', 'shop'),
  object('MutatingWebhookConfiguration', 'inject'),
];

const groups = groupsOf(objects, {
  namespace: 'shop',
  keepsData: ({ metadata }) => metadata.name === 'redis',
});
const named = (found: readonly KubeObject[]) => found.map((one) => workloadName(one));

test('nothing that could write has pods before the data is there', () => {
  const replicas = groups.quiet.map((one) => [
    one.metadata.name,
    (one['spec'] as { replicas?: number })?.replicas,
  ]);
  expect(replicas).toEqual([
    ['nginx', undefined],
    ['redis', 1],
    ['books', 0],
    ['django', 0],
  ]);
  expect(named(groups.workloads)).toEqual(['StatefulSet/books', 'Deployment/django']);
  expect(groups.workloads.map((one) => one['spec'])).toEqual([{}, { replicas: 3 }]);
  expect(named(groups.last)).toEqual([
    'CronJob/nightly',
    'DaemonSet/logs',
    'MutatingWebhookConfiguration/inject',
  ]);
});

test('definitions, operators and Secrets come first, and nothing is forgotten', () => {
  expect(named(groups.definitions)).toEqual([
    'Namespace/shop',
    'CustomResourceDefinition/postgresqls.acid.zalan.do',
  ]);
  expect(named(groups.operators)).toEqual([
    'ClusterRole/operator',
    'Deployment/operator',
    'Job/of-the-operator',
    'Secret/of-the-operator',
  ]);
  expect(named(groups.secrets)).toEqual(['Secret/db']);
  expect(named(groups.databases)).toEqual(['postgresql/db']);
  const { definitions, operators, secrets, databases, quiet, last } = groups;
  const all = [...definitions, ...operators, ...secrets, ...databases, ...quiet, ...last];
  expect(named(all).toSorted()).toEqual(named(objects).toSorted());
});

test('workloads start in the order of who needs whom; the unknown ones come last', () => {
  const layers = [['StatefulSet/db'], ['Deployment/django', 'StatefulSet/redis'], []];
  expect(inLayers(groups.workloads, layers).map(named)).toEqual([
    ['Deployment/django'],
    ['StatefulSet/books'],
  ]);
});
