import { describe, expect, test } from 'vitest';

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

function exportOf(objects: readonly KubeObject[], mode: ExportOptions['mode'] = 'external') {
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
  return makeExport(snapshot, { objects: [], missing: [], shapeOf: () => undefined }, { ...options, mode });
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
  await expect(exportOf([maker, made, copy])).rejects.toThrow(
    /base\/configmap-copy\.yaml holds that of Secret shop\/db, key password/,
  );
  const { files, leftOut } = await exportOf([maker, made]);
  expect(leftOut.map(({ object: { name } }) => name)).toContain('db');
  expect(Object.values(files).join('\n')).not.toContain(value);
});

const readme = async (...objects: readonly KubeObject[]) =>
  (await exportOf(objects)).files['README.md'] ?? '';

describe('the text for people says how the Secrets come back', () => {
  const sealed = object('SealedSecret', 'api', { spec: { encryptedData: {} } }, 'bitnami.com/v1alpha1');
  const external = object('ExternalSecret', 'mail', { spec: {} }, 'external-secrets.io/v1');

  test('where all of them are made by other objects', async () => {
    const text = await readme(sealed);
    expect(text).toContain('kubectl apply -k secrets');
    expect(text).toContain('kubectl wait --for=condition=Synced sealedsecret');
    expect(text).toContain('sealed-secrets-key');
    expect(text).not.toMatch(/externalsecret|No value is in these files/);
  });

  test('where some of them are', async () => {
    const text = await readme(sealed, secret);
    expect(text).toMatch(/condition=Ready externalsecret .*\n.*condition=Synced sealedsecret/);
    expect(text).toContain('No value is in these files');
    expect(await readme(external)).toMatch(/reach the store that they name/);
  });

  test('with sops, whose files are not applied as a folder', async () => {
    const made = await exportOf([sealed, secret], 'sops');
    const text = made.files['README.md'] ?? '';
    expect(text).toContain('for file in secrets/externalsecret-db.yaml; do sops decrypt');
    expect(text).toContain('kubectl apply -f secrets/sealedsecret-api.yaml');
    expect(text).not.toContain('apply -k secrets');
  });

  test('and nothing where there are none', async () => {
    expect(await readme(object('ConfigMap', 'c'))).not.toContain('apply -k secrets');
  });
});
