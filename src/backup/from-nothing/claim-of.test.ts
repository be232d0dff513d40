import { expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { claimOf, fillingPod, mountedAt } from './claim-of.ts';

const template = {
  metadata: { name: 'book', labels: { app: 'books' } },
  spec: { accessModes: ['ReadWriteOnce'] },
};
const spec = {
  securityContext: { runAsUser: 1000, fsGroup: 1000 },
  serviceAccountName: 'django',
  initContainers: [{ name: 'migrate', image: 'shop:1' }],
  containers: [
    { name: 'django', image: 'shop:1', imagePullPolicy: 'IfNotPresent', env: [{ name: 'DB', value: 'x' }] },
  ],
  volumes: [{ name: 'media', persistentVolumeClaim: { claimName: 'media' } }],
};
const django: KubeObject = {
  kind: 'Deployment',
  metadata: { name: 'django', namespace: 'shop', uid: '' },
  spec: { replicas: 3, template: { spec } },
};
const books: KubeObject = {
  kind: 'StatefulSet',
  metadata: { name: 'ledger', namespace: 'shop', uid: '' },
  spec: {
    volumeClaimTemplates: [template],
    template: { spec: { containers: [{ name: 'a', image: 'books:1' }] } },
  },
};

test('a claim is found by the volume that names it, or by the template that makes it', () => {
  expect(claimOf([books, django], 'media')).toEqual({ workload: django, claim: undefined });
  expect(claimOf([books, django], 'book-ledger-1')).toEqual({
    workload: books,
    claim: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'book-ledger-1', namespace: 'shop', labels: { app: 'books' } },
      spec: template.spec,
    },
  });
  expect(claimOf([books, django], 'book-ledger-x')).toBeUndefined();
});

test('files are put in by a pod that is the workload’s own user and has nothing else of it', () => {
  const { spec: made, metadata } = fillingPod({ workload: django, claim: undefined }, 'media', 'abc');
  expect(metadata.name).toBe('rekindle-files-abc');
  expect(made).toMatchObject({
    securityContext: { runAsUser: 1000, fsGroup: 1000 },
    automountServiceAccountToken: false,
    containers: [{ name: 'files', image: 'shop:1', volumeMounts: [{ name: 'files', mountPath: mountedAt }] }],
    volumes: [{ name: 'files', persistentVolumeClaim: { claimName: 'media' } }],
  });
  expect(JSON.stringify(made)).not.toContain('DB');
  expect(made).not.toHaveProperty('serviceAccountName');
  expect(made).not.toHaveProperty('initContainers');
});
