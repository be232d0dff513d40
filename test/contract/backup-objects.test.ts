import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { createBackup } from '../../src/backup/create.ts';
import { newIdentity } from '../../src/backup/encryption.ts';
import { partsOf, type BackupManifest } from '../../src/backup/manifest.ts';
import { collectObjects, type CollectedObjects } from '../../src/backup/objects/collect-objects.ts';
import { objectsPart } from '../../src/backup/objects/objects-part.ts';
import { readObjects } from '../../src/backup/objects/read-objects.ts';
import { readPart } from '../../src/backup/store-part.ts';
import { exportLab, fillLab, namespace, type ExportLab } from '../fakes/export-lab.ts';
import { noApiServer } from '../fakes/real-api-server.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const operator = path.join(import.meta.dirname, '../../lab/operator');

const made: { lab?: ExportLab; collected?: CollectedObjects } = {};

const collectedFrom = ({ server }: ExportLab) =>
  collectObjects(createClusterReader(server.admin, { deadlineMs: 20_000 }), namespace);

beforeAll(async () => {
  if (noApiServer !== undefined) return;
  const lab = await exportLab();
  made.lab = lab;
  await fillLab(lab);
  await lab.kubectl.run(['apply', '-k', operator]);
  await lab.kubectl.run(['create', 'namespace', 'other']);
  await lab.kubectl.run(['-n', 'other', 'create', 'deployment', 'else', '--image=else:1']);
  await lab.kubectl.run(['create', 'clusterrolebinding', 'owners', '--clusterrole=admin', '--user=alice']);
  await lab.kubectl.run([
    '-n',
    namespace,
    'create',
    'rolebinding',
    'devs',
    '--clusterrole=edit',
    '--group=devs',
  ]);
  made.collected = await collectedFrom(lab);
}, 300_000);

afterAll(async () => made.lab?.stop());

function collected(context: Parameters<typeof skipWhen>[0]): CollectedObjects {
  skipWhen(context, noApiServer);
  if (made.collected === undefined) throw new Error('the server was not filled');
  return made.collected;
}

const names = ({ objects }: CollectedObjects) =>
  objects.map(({ kind, metadata }) => `${kind ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`);

async function stored(taken: CollectedObjects) {
  const { identity, recipient } = await newIdentity();
  const store = new FolderStore(path.join(temporaryFolder(), 'backups'));
  const context = {
    store,
    clock: systemClock,
    recipients: [recipient],
    say: () => undefined,
    signal: new AbortController().signal,
  };
  const identityOf = { stack: 'shop', context: 'k3d-shop', tool: 'rekindle 0' };
  const manifest = await createBackup(context, identityOf, [objectsPart(taken)], []);
  return { store, manifest, identity };
}

function objectsOf(manifest: BackupManifest) {
  const [part] = partsOf(manifest, 'objects');
  if (part === undefined) throw new Error('no objects');
  return part;
}

describe('the objects of a real API server', () => {
  test('are those of the stack, of its operator with its rights, and the definitions', (context) => {
    const found = collected(context);
    expect(found.missing).toEqual([]);
    expect(found.operators).toEqual(['postgres-operator']);
    expect(names(found)).toEqual(
      expect.arrayContaining([
        'Namespace /jewelry-shop',
        'Namespace /postgres-operator',
        'CustomResourceDefinition /postgresqls.acid.zalan.do',
        'ClusterRole /postgres-operator',
        'ClusterRoleBinding /postgres-operator',
        'ClusterRole /postgres-pod',
        'ServiceAccount postgres-operator/postgres-operator',
        'ConfigMap postgres-operator/postgres-operator',
        'Deployment postgres-operator/postgres-operator',
        'Secret jewelry-shop/jewelry-app.jewelry-shop-db.credentials.postgresql.acid.zalan.do',
        'Secret jewelry-shop/sh.helm.release.v1.shop.v1',
        'postgresql jewelry-shop/jewelry-shop-db',
        'Deployment jewelry-shop/django',
        'StatefulSet jewelry-shop/redis',
      ]),
    );
    expect(
      names(found).some((name) =>
        /StatefulSet .*jewelry-shop-db$|^(Pod|ReplicaSet) |^Endpoints .*jewelry-shop-db/.test(name),
      ),
    ).toBe(false);
  });

  test('hold nothing in which Patroni keeps its books: it would take the new database for the old one', (context) => {
    const books = collected(context).objects.filter(({ metadata }) =>
      Object.keys(metadata.annotations ?? {}).some((name) =>
        ['initialize', 'leader', 'history'].includes(name),
      ),
    );
    expect(books).toEqual([]);
  });

  test('come in an order in which they can be made', (context) => {
    const kinds = collected(context).objects.map(({ kind }) => kind);
    const last = (kind: string) => kinds.lastIndexOf(kind);
    expect(last('Namespace')).toBeLessThan(kinds.indexOf('CustomResourceDefinition'));
    expect(last('Secret')).toBeLessThan(kinds.indexOf('postgresql'));
    expect(last('postgresql')).toBeLessThan(kinds.indexOf('Deployment'));
  });

  test('what is not taken is named', (context) => {
    const { leftOut } = collected(context);
    expect(leftOut.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['Job jewelry-shop/migrated', 'Pod jewelry-shop/debug', 'namespace other']),
    );
  });

  test('rights of people in the whole cluster are named, those of the namespace are taken', (context) => {
    const found = collected(context);
    const people = found.leftOut.filter(({ why }) => why.includes('people'));
    expect(people).toEqual([
      { what: 'ClusterRoleBinding owners', why: expect.stringContaining('User alice') },
    ]);
    expect(names(found)).toContain('RoleBinding jewelry-shop/devs');
  });

  test('are, read back, what they were; the manifest has no digest of a Secret', async (context) => {
    const found = collected(context);
    const { store, manifest, identity } = await stored(found);
    const part = objectsOf(manifest);
    const back = await readObjects(readPart(store, manifest.id, part, [identity]), part.of);
    expect(back.differences).toEqual([]);
    expect(back.objects).toEqual(found.objects);
    const secrets = part.of.objects.filter(({ object }) => object.startsWith('Secret '));
    expect(secrets.length).toBeGreaterThan(2);
    expect(secrets.every(({ sha256 }) => sha256 === undefined)).toBe(true);
  });

  test('one that is missing, other or has come in is a difference', async (context) => {
    const found = collected(context);
    const { store, manifest, identity } = await stored(found);
    const part = objectsOf(manifest);
    const [first, second, ...others] = part.of.objects;
    const wrong = { object: second?.object ?? '', sha256: '0'.repeat(64) };
    const forged = {
      ...part.of,
      objects: [wrong, ...others, { object: 'ConfigMap a/b', sha256: '0'.repeat(64) }],
    };
    const { differences } = await readObjects(readPart(store, manifest.id, part, [identity]), forged);
    expect(differences).toEqual([
      `${wrong.object} is not the one that was backed up`,
      'ConfigMap a/b is missing',
      `${first?.object ?? ''} was not there`,
    ]);
  });

  test('are taken by whoever may read less, and what could not be read is named', async (context) => {
    collected(context);
    const reader = createClusterReader(made.lab?.server.rekindle ?? fail(), { deadlineMs: 20_000 });
    const found = await collectObjects(reader, namespace);
    expect(found.objects).toEqual([]);
    expect(found.leftOut.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['Kubernetes objects: Secret (secrets)', 'other namespaces of the cluster']),
    );
  });
});

function fail(): never {
  throw new Error('no server');
}
