import { saw } from '../../../src/domain/looked.ts';
import { claim, now, object, workload, type Written } from '../readiness-objects.ts';
import { changed, soundShop, withObject } from '../sound-shop.ts';
import { one, type CheckCases } from './case.ts';

const web = 'Deployment shop/web';

function withVolume(volume: object, container: object = {}): readonly Written[] {
  return withObject(workload('Deployment', 'web', { pod: { volumes: [volume] }, container }));
}

const fileIn = (volume: string) => ({
  uses: saw([{ pod: 'Pod shop/web-0', volume, names: ['a.jpg'], isWhole: true }], 'volumes', now),
});

const secretRef = { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } }] };

/** ConfigMaps, Secrets, accounts and files. */
export const referenceCases: CheckCases = {
  'reference-missing': [
    one('a Secret', withObject(workload('Deployment', 'web', { container: secretRef })), web, 'high'),
    one(
      'a key',
      withObject(
        object('Secret', 'login', { data: { user: '' } }),
        withObject(workload('Deployment', 'web', { container: secretRef })),
      ),
      web,
      'high',
    ),
    one(
      'a pull secret',
      withObject(workload('Deployment', 'web', { pod: { imagePullSecrets: [{ name: 'gone' }] } })),
      web,
      'medium',
    ),
    one(
      'an account',
      withObject(workload('Deployment', 'web', { pod: { serviceAccountName: 'gone' } })),
      web,
      'high',
    ),
  ],
  'account-reference-missing': [
    one(
      'a pull secret',
      withObject(object('ServiceAccount', 'default', { imagePullSecrets: [{ name: 'gone' }] })),
      'ServiceAccount shop/default',
      'medium',
    ),
  ],
  'role-missing': [
    one(
      'a role',
      withObject(object('RoleBinding', 'b', { roleRef: { kind: 'Role', name: 'gone' } })),
      'RoleBinding shop/b',
      'medium',
    ),
  ],
  'unused-object': [
    one('a ConfigMap', withObject(object('ConfigMap', 'old', { data: {} })), 'ConfigMap shop/old', 'info'),
    one(
      'a claim',
      withObject(object('PersistentVolumeClaim', 'old', { status: { phase: 'Bound' } })),
      'PersistentVolumeClaim shop/old',
      'info',
    ),
    one('an account', withObject(object('ServiceAccount', 'old')), 'ServiceAccount shop/old', 'info'),
    one('a role', withObject(object('Role', 'old')), 'Role shop/old', 'info'),
  ],
  'unused-key': [
    one(
      'one of two',
      withObject(
        object('Secret', 'login', { data: { password: '', other: '' } }),
        withObject(workload('Deployment', 'web', { container: secretRef })),
      ),
      'Secret shop/login',
      'info',
    ),
  ],
  'namespace-empty': [
    one('nothing in it', [{ kind: 'Namespace', metadata: { name: 'shop' } }], 'Namespace shop', 'info'),
    one(
      'it ends',
      changed('Namespace', 'shop', { status: { phase: 'Terminating' } }),
      'Namespace shop',
      'high',
    ),
  ],
  'empty-dir-data': [
    one(
      'uploads',
      withVolume({ name: 'u', emptyDir: {} }, { volumeMounts: [{ name: 'u', mountPath: '/srv/uploads' }] }),
      web,
      'medium',
    ),
  ],
  'empty-dir-holds-files': [
    {
      what: 'a file',
      objects: withVolume(
        { name: 'u', emptyDir: {} },
        { volumeMounts: [{ name: 'u', mountPath: '/srv/uploads' }] },
      ),
      names: web,
      severity: 'high',
      snapshot: fileIn('u'),
    },
    {
      what: 'a file where only scratch is kept',
      objects: withVolume(
        { name: 'u', emptyDir: {} },
        { volumeMounts: [{ name: 'u', mountPath: '/var/cache/nginx' }] },
      ),
      names: web,
      severity: 'info',
      snapshot: fileIn('u'),
    },
  ],
  'no-volume-for-data': [
    one(
      'a database',
      withObject(workload('Deployment', 'web', { container: { image: 'docker.io/library/postgres:15' } })),
      web,
      'high',
    ),
    one(
      'what may be a cache',
      withObject(workload('Deployment', 'web', { container: { image: 'redis:7' } })),
      web,
      'medium',
    ),
  ],
  'host-path': [
    one(
      'written',
      withVolume(
        { name: 'h', hostPath: { path: '/data' } },
        { volumeMounts: [{ name: 'h', mountPath: '/d' }] },
      ),
      web,
      'medium',
    ),
    one(
      'read',
      withVolume(
        { name: 'h', hostPath: { path: '/sys' } },
        { volumeMounts: [{ name: 'h', mountPath: '/s', readOnly: true }] },
      ),
      web,
      'low',
    ),
  ],
  'claim-unbound': [
    one(
      'pending',
      changed('PersistentVolumeClaim', 'data-db-0', { status: { phase: 'Pending' } }),
      'PersistentVolumeClaim shop/data-db-0',
      'high',
    ),
    one(
      'it waits for a pod that nobody makes',
      withObject(
        {
          kind: 'StorageClass',
          metadata: { name: 'later' },
          provisioner: 'disk.example',
          volumeBindingMode: 'WaitForFirstConsumer',
        },
        withObject(
          object('PersistentVolumeClaim', 'spare', {
            spec: { storageClassName: 'later' },
            status: { phase: 'Pending' },
          }),
        ),
      ),
      'PersistentVolumeClaim shop/spare',
      'info',
    ),
  ],
  'claim-local-storage': [
    one(
      'local-path',
      changed('PersistentVolumeClaim', 'data-db-0', { spec: { storageClassName: 'local-path' } }),
      'PersistentVolumeClaim shop/data-db-0',
      'medium',
    ),
    one(
      'a folder in a class of one’s own',
      changed('PersistentVolume', 'pv-data-db-0', { spec: { csi: null, hostPath: { path: '/srv/db' } } }),
      'PersistentVolumeClaim shop/data-db-0',
      'medium',
    ),
  ],
  'volume-reclaim-delete': [
    one('Delete', [...soundShop(), ...claim('more', 'server-0', '/x')], 'PersistentVolume pv-more', 'medium'),
  ],
  'claims-deleted-with-set': [
    one(
      'with the set',
      changed('StatefulSet', 'db', {
        spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } },
      }),
      'StatefulSet shop/db',
      'high',
    ),
  ],
  'volume-unused': [
    one(
      'released',
      changed('PersistentVolume', 'pv-data-db-0', { status: { phase: 'Released' } }),
      'PersistentVolume pv-data-db-0',
      'low',
    ),
  ],
};
