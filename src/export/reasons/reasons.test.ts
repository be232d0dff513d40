import { readdirSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { choose } from '../choose.ts';
import type { Snapshot } from '../snapshot.ts';
import { reasons } from './index.ts';

type Parts = Partial<Omit<KubeObject, 'metadata'>> & { readonly metadata?: object };

const object = (kind: string, name: string, { metadata, ...parts }: Parts = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  ...parts,
  metadata: { name, namespace: 'shop', uid: `${kind}-${name}`, ...metadata },
});

const snapshot = (objects: readonly KubeObject[], changes: Partial<Snapshot> = {}): Snapshot => ({
  namespace: 'shop',
  kinds: [],
  space: undefined,
  objects,
  around: [],
  apart: [],
  elsewhere: [],
  operators: [],
  missing: [],
  ...changes,
});

/** Why the first object is left out when the others are beside it. */
function why(first: KubeObject, ...others: readonly KubeObject[]): string | undefined {
  const { leftOut } = choose(snapshot([first, ...others]));
  return leftOut.find(({ object: ref }) => ref.kind === first.kind && ref.name === first.metadata.name)?.why;
}

const owner = (controller?: boolean) => ({
  ownerReferences: [{ kind: 'Thing', name: 't', ...(controller !== undefined && { controller }) }],
});

const by = (manager: string, operation = 'Update') => ({
  managedFields: [{ manager, operation, fieldsV1: { 'f:data': {} } }],
});

const database = object('postgresql', 'db', { apiVersion: 'acid.zalan.do/v1' });
const spilo = { labels: { application: 'spilo', 'cluster-name': 'db' } };

describe('what is left out', () => {
  test.each<[string, KubeObject, RegExp, ...KubeObject[]]>([
    ['what a controller makes', object('Secret', 'x', { metadata: owner(true) }), /Thing t makes it/],
    [
      'what has an owner and nobody wrote',
      object('ConfigMap', 'x', { metadata: owner() }),
      /Thing t makes it/,
    ],
    [
      'what is being deleted',
      object('ConfigMap', 'x', { metadata: { deletionTimestamp: 'now' } }),
      /about to go/,
    ],
    [
      'a token',
      object('Secret', 'x', { type: 'bootstrap.kubernetes.io/token' }),
      /token of this very cluster/,
    ],
    [
      'what cert-manager fills',
      object('Secret', 'x', { metadata: { annotations: { 'cert-manager.io/certificate-name': 'c' } } }),
      /cert-manager fills it/,
      object('Certificate', 'c'),
    ],
    ['what is unsealed', object('Secret', 'x'), /SealedSecret x makes it/, object('SealedSecret', 'x')],
    [
      'what is fetched',
      object('Secret', 'x'),
      /ExternalSecret y makes it/,
      object('ExternalSecret', 'y', { spec: { target: { name: 'x' } } }),
    ],
    [
      'an operator’s object by its labels',
      object('Service', 'db', { metadata: spilo }),
      /for postgresql db/,
      database,
    ],
    [
      'an operator’s object that somebody has restarted since',
      object('Deployment', 'db-pooler', {
        metadata: {
          ...spilo,
          managedFields: [...by('postgres-operator').managedFields, ...by('kubectl-rollout').managedFields],
        },
      }),
      /for postgresql db/,
      database,
    ],
    [
      'an operator’s object without labels',
      object('RoleBinding', 'postgres-pod', { metadata: by('postgres-operator') }),
      /the operator of the database/,
      database,
    ],
    [
      'endpoints of a Service that selects',
      object('Endpoints', 'web'),
      /keeps it up/,
      object('Service', 'web', { spec: { selector: { a: 'b' } } }),
    ],
    [
      'a node’s own pod',
      object('Pod', 'x', { metadata: { annotations: { 'kubernetes.io/config.mirror': '1' } } }),
      /file of its own/,
    ],
  ])('%s', (_what, first, words, ...others) => {
    expect(why(first, ...others)).toMatch(words);
  });

  test.each<[string, KubeObject, ...KubeObject[]]>([
    [
      'what has an owner and a person wrote',
      object('ConfigMap', 'x', { metadata: { ...owner(), ...by('kubectl-client-side-apply') } }),
    ],
    [
      'a person’s object with an operator’s labels',
      object('Service', 'db-outside', { metadata: { ...spilo, ...by('kubectl', 'Apply') } }),
      database,
    ],
    ['a kind that the operator does not make', object('NetworkPolicy', 'db', { metadata: spilo }), database],
    ['labels of a database that is not there', object('Service', 'db', { metadata: spilo })],
    [
      'an account that somebody has changed',
      object('ServiceAccount', 'default', { imagePullSecrets: [{ name: 'r' }] }),
    ],
    ['endpoints that nobody keeps up', object('Endpoints', 'bank'), object('Service', 'bank', { spec: {} })],
    [
      'a Job that has not ended',
      object('Job', 'x', { status: { conditions: [{ type: 'Suspended', status: 'True' }] } }),
    ],
    [
      'a Secret of a certificate that is not there',
      object('Secret', 'x', { metadata: { annotations: { 'cert-manager.io/certificate-name': 'c' } } }),
    ],
    [
      'a claim that was enlarged',
      object('PersistentVolumeClaim', 'data-web-0', {
        spec: { resources: { requests: { storage: '5Gi' } } },
      }),
      object('StatefulSet', 'web', {
        spec: {
          volumeClaimTemplates: [
            { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '1Gi' } } } },
          ],
        },
      }),
    ],
    [
      'a claim of somebody’s own with such a name',
      object('PersistentVolumeClaim', 'data-web-final'),
      object('StatefulSet', 'web', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } }),
    ],
  ])('not: %s', (_what, first, ...others) => {
    expect(why(first, ...others)).toBeUndefined();
  });

  test('an operator’s Secrets are in, and marked', () => {
    const { secrets } = choose(
      snapshot([object('Secret', 'x', { metadata: spilo }), object('Secret', 'y'), database]),
    );
    expect(secrets.map(({ object: { metadata }, isOfOperator }) => [metadata.name, isOfOperator])).toEqual([
      ['x', true],
      ['y', false],
    ]);
  });

  test('every object that was read is in, or left out with a reason', () => {
    const objects = [
      object('Pod', 'a', { metadata: owner(true) }),
      object('Service', 'b'),
      object('Secret', 'c'),
    ];
    const around = [
      object('ClusterRole', 'used', { metadata: { namespace: undefined } }),
      object('StorageClass', 'local-path', {
        metadata: { namespace: undefined, annotations: { 'objectset.rio.cattle.io/owner-gvk': 'x' } },
      }),
    ];
    const apart = [
      object('APIService', 'v1', { spec: { service: { namespace: 'other' } } }),
      object('Policy', 'p'),
    ];
    const elsewhere = [
      object('RoleBinding', 'e', { subjects: [{ kind: 'ServiceAccount', name: 'sa', namespace: 'shop' }] }),
    ];
    const { wanted, local, secrets, leftOut } = choose(snapshot(objects, { around, apart, elsewhere }));
    expect(wanted.length + local.length + secrets.length + leftOut.length).toBe(8);
    expect(leftOut.map(({ object: { name }, comes }) => [name, comes])).toEqual([
      ['v1', 'not-ours'],
      ['used', 'anew'],
      ['a', 'anew'],
      ['p', 'by-hand'],
      ['e', 'by-hand'],
      ['local-path', 'anew'],
    ]);
  });

  test('each file of this folder is in the list, and no two reasons have one name', () => {
    const own = /(index|define-reason|declared|\.test)/;
    const files = readdirSync(import.meta.dirname).filter((file) => !own.test(file));
    expect(files.map((file) => file.replace('.ts', '')).sort()).toEqual(
      reasons.map(({ name }) => name).sort(),
    );
  });
});

test('where the database’s resources could not be read, what its operator made is known by who wrote it', () => {
  const objects = [
    object('StatefulSet', 'db', { metadata: { ...spilo, ...by('postgres-operator') } }),
    object('Service', 'db', { metadata: spilo }),
  ];
  const missing = [{ what: 'postgresql', why: 'forbidden', kind: 'postgresql' }];
  expect(choose(snapshot(objects, { missing })).wanted).toEqual([]);
  expect(choose(snapshot(objects)).wanted).toHaveLength(2);
});
