import { expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { rightsOfPeople } from './rights-of-people.ts';

const user = { kind: 'User', name: 'alice' };
const group = { kind: 'Group', name: 'developers' };
const account = { kind: 'ServiceAccount', name: 'operator', namespace: 'operators' };

const binding = (
  name: string,
  subjects: readonly object[],
  marks: Partial<KubeObject['metadata']> = {},
): KubeObject => ({ metadata: { name, uid: name, ...marks }, subjects });

const builtIn = { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } };
const ofK3s = { annotations: { 'objectset.rio.cattle.io/owner-gvk': 'k3s.cattle.io/v1, Kind=Addon' } };

const lists: Readonly<Record<string, readonly KubeObject[]>> = {
  clusterrolebindings: [
    binding('admins', [user, group]),
    binding('operator', [account]),
    binding('operator-and-alice', [account, user]),
    binding('cluster-admin', [{ kind: 'Group', name: 'system:masters' }], builtIn),
    binding('kube-apiserver-kubelet-admin', [{ kind: 'User', name: 'kube-apiserver' }], ofK3s),
  ],
  rolebindings: [
    binding('developers', [group], { namespace: 'shop' }),
    binding('readers', [group], { namespace: 'kube-system' }),
    binding('others', [group], { namespace: 'other' }),
    binding('taken', [user], { namespace: 'shop' }),
  ],
};

const reader = {
  list: (path: string) => Promise.resolve(lists[path.split('/').at(-1) ?? ''] ?? []),
};
const shut = { list: () => Promise.reject(new Error('forbidden')) };

const kept = {
  namespaces: new Set(['shop', 'operators']),
  objects: [
    { kind: 'ClusterRoleBinding', metadata: { name: 'operator-and-alice', uid: '' } },
    { kind: 'RoleBinding', metadata: { name: 'taken', namespace: 'shop', uid: '' } },
  ],
};

test('bindings that give rights to people and are not taken are named, with whom they are for', async () => {
  const found = await rightsOfPeople(reader, kept);
  expect(found.map(({ what }) => what)).toEqual([
    'ClusterRoleBinding admins',
    'RoleBinding shop/developers',
    'RoleBinding kube-system/readers',
  ]);
  expect(found[0]?.why).toMatch(/User alice, Group developers/);
});

test('that they could not be read is told', async () => {
  expect(await rightsOfPeople(shut, kept)).toEqual([
    { what: expect.stringContaining('rights of people'), why: expect.stringContaining('not known') },
  ]);
});
