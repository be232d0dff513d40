import { expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { ofOperator } from './operator-objects.ts';
import { accountsKeeping } from './operators.ts';

function object(kind: string, name: string, fields: Readonly<Record<string, unknown>> = {}): KubeObject {
  return { kind, metadata: { name, uid: name, ...(fields['metadata'] as object) }, ...without(fields) };
}

function without({ metadata: _metadata, ...others }: Readonly<Record<string, unknown>>) {
  return others;
}

const role = (name: string, groups: readonly string[], verbs: readonly string[], metadata = {}) =>
  object('ClusterRole', name, { rules: [{ apiGroups: groups, resources: ['*'], verbs }], metadata });

const binding = (name: string, roleName: string, account: string, namespace = 'kube-system') =>
  object('ClusterRoleBinding', name, {
    roleRef: { kind: 'ClusterRole', name: roleName },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
  });

test('who may change a group that its role names keeps it; readers, rulers of everything and the cluster’s own do not', () => {
  const roles = [
    role('operator', ['acid.zalan.do'], ['get', 'update']),
    role('reader', ['acid.zalan.do'], ['get', 'list']),
    role('everything', ['*'], ['*']),
    role('edit', ['acid.zalan.do'], ['update'], {
      labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
    }),
    role('of-k3s', ['acid.zalan.do'], ['*'], { annotations: { 'objectset.rio.cattle.io/owner-gvk': 'x' } }),
  ];
  const bindings = roles.map(({ metadata: { name } }) => binding(name, name, name, 'operators'));
  expect(accountsKeeping(new Set(['acid.zalan.do']), roles, bindings)).toEqual([
    { namespace: 'operators', name: 'operator' },
  ]);
});

test('in a namespace of the cluster itself only what is the operator’s is taken', () => {
  const objects = [
    object('Deployment', 'operator', {
      metadata: { namespace: 'kube-system', labels: { 'app.kubernetes.io/instance': 'rel' } },
      spec: {
        template: {
          spec: { serviceAccountName: 'operator', volumes: [{ configMap: { name: 'operator-config' } }] },
        },
      },
    }),
    object('Deployment', 'coredns', { spec: { template: { spec: { serviceAccountName: 'coredns' } } } }),
    object('ConfigMap', 'operator-config'),
    object('ConfigMap', 'coredns'),
    object('Secret', 'of-the-release', { metadata: { labels: { 'app.kubernetes.io/instance': 'rel' } } }),
    object('Secret', 'key', {
      metadata: { labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' } },
    }),
    object('Secret', 'node-password'),
    object('ServiceAccount', 'operator'),
    object('ServiceAccount', 'coredns'),
    binding('operator', 'operator-role', 'operator'),
    binding('coredns', 'coredns-role', 'coredns'),
    role('operator-role', ['acid.zalan.do'], ['*']),
    role('coredns-role', [''], ['*']),
  ];
  const isOperators = ofOperator(objects, { namespace: 'kube-system', name: 'operator' });
  expect(objects.filter(isOperators).map(({ kind, metadata }) => `${kind ?? ''} ${metadata.name}`)).toEqual([
    'Deployment operator',
    'ConfigMap operator-config',
    'Secret of-the-release',
    'Secret key',
    'ServiceAccount operator',
    'ClusterRoleBinding operator',
    'ClusterRole operator-role',
  ]);
});
