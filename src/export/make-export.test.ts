import { expect, test } from 'vitest';

import type { KubeObject } from '../ports/cluster.ts';
import { makeExport, type ExportOptions } from './make-export.ts';
import type { Snapshot } from './snapshot.ts';

const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1' },
  ...more,
});

const options: ExportOptions = {
  mode: 'external',
  write: ({ object: secret }) =>
    Promise.resolve({ ...object('ExternalSecret', secret.metadata.name, {}, 'external-secrets.io/v1') }),
  store: 'store',
  withDefinitions: false,
  allowPlain: false,
};

function exportOf(...objects: readonly KubeObject[]) {
  const snapshot: Snapshot = {
    namespace: 'shop',
    kinds: [],
    space: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'shop' } },
    objects,
    around: [],
    apart: [],
    elsewhere: [],
    operators: [],
    missing: [],
  };
  return makeExport(snapshot, { objects: [], missing: [], shapeOf: () => undefined }, options);
}

const value = 'S3cret-Pass/9x';
const secret = object('Secret', 'db', {
  type: 'Opaque',
  data: { password: Buffer.from(value).toString('base64') },
});
const copy = object('ConfigMap', 'copy', { data: { url: `postgres://u:${encodeURIComponent(value)}@db/x` } });

test.each([
  ['SealedSecret', 'bitnami.com/v1alpha1', { spec: { encryptedData: { password: 'AgB' } } }],
  ['ExternalSecret', 'external-secrets.io/v1', { spec: { target: { name: 'db' } } }],
])('the value of a Secret that a %s makes stands in no file either', async (kind, apiVersion, more) => {
  const maker = object(kind, 'db', more, apiVersion);
  const made = {
    ...secret,
    metadata: {
      ...secret.metadata,
      ownerReferences: [{ apiVersion, kind, name: 'db', uid: 'db', controller: true }],
    },
  };
  await expect(exportOf(maker, made, copy)).rejects.toThrow(
    /base\/configmap-copy\.yaml holds that of Secret shop\/db, key password/,
  );
  const { files, leftOut } = await exportOf(maker, made);
  expect(leftOut.map(({ object: { name } }) => name)).toContain('db');
  expect(Object.values(files).join('\n')).not.toContain(value);
});
