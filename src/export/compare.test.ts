import { describe, expect, test } from 'vitest';

import type { Fields } from '../harden/fields/fields.ts';
import { compareObjects, pathText } from './compare.ts';
import { secretShape } from './compare-secrets.ts';

const workload = (spec: object, marks: Fields = {}): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', ...marks },
  spec: { selector: { matchLabels: { a: 'b' } }, ...spec },
});

const pod = (containers: readonly object[]) => ({ template: { spec: { containers } } });
const web = { name: 'web', image: 'web:1' };
const side = { name: 'side', image: 'side:1' };

const differences = (left: Fields, right: Fields) =>
  compareObjects([left], [right]).map(({ path, left: one, right: other }) => [path, one, other]);

describe('two stacks', () => {
  test.each([
    ['defaults that one of them writes down', { replicas: 1 }, {}],
    [
      'amounts that are written in another way',
      pod([{ ...web, resources: { limits: { cpu: '1' } } }]),
      pod([{ ...web, resources: { limits: { cpu: '1000m' } } }]),
    ],
    ['null and nothing', { paused: null }, {}],
    ['an empty list and nothing', pod([{ ...web, args: [] }]), pod([web])],
    [
      'what a controller has written',
      {},
      {},
      { uid: 'u', generation: 4, annotations: { 'deployment.kubernetes.io/revision': '2' } },
    ],
  ] as const)('do not differ in %s', (_what, left, right, marks: Fields = {}) => {
    expect(differences(workload(left, marks), workload(right))).toEqual([]);
  });

  test.each([
    ['a value', { replicas: 2 }, { replicas: 3 }, ['spec.replicas', 2, 3]],
    [
      'a container by its name',
      pod([web, side]),
      pod([web, { ...side, image: 'side:2' }]),
      ['spec.template.spec.containers[name=side].image', 'side:1', 'side:2'],
    ],
    [
      'a container more',
      pod([web]),
      pod([web, side]),
      ['spec.template.spec.containers[name=side]', undefined, side],
    ],
    [
      'the order of containers',
      pod([web, side]),
      pod([side, web]),
      ['spec.template.spec.containers.(order)', 'web, side', 'side, web'],
    ],
    ['text and number', { replicas: 2 }, { replicas: '2' }, ['spec.replicas', 2, '2']],
    [
      'an item of a list without names',
      pod([{ ...web, args: ['a', 'b'] }]),
      pod([{ ...web, args: ['a', 'c'] }]),
      ['spec.template.spec.containers[name=web].args[1]', 'b', 'c'],
    ],
  ])('differ in %s', (_what, left, right, wanted) => {
    expect(differences(workload(left), workload(right))).toEqual([wanted]);
  });

  test('an object that only one of them has is told as a whole', () => {
    const [only] = compareObjects([workload({})], []);
    expect(only).toMatchObject({ object: 'Deployment shop/web', path: '', right: undefined });
    const [other] = compareObjects([], [workload({})]);
    expect(other).toMatchObject({ object: 'Deployment shop/web', left: undefined });
  });

  test('kinds of one name and different groups are different objects', () => {
    const core = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' } };
    const knative = { ...core, apiVersion: 'serving.knative.dev/v1' };
    expect(compareObjects([core], [knative]).map(({ object }) => object)).toEqual([
      'Service shop/web',
      'Service shop/web',
    ]);
  });

  test('the order of objects and of fields says nothing', () => {
    const [one, other] = [workload({ replicas: 2, paused: true }), { ...workload({}), kind: 'Other' }];
    const turned = { ...one, spec: { paused: true, replicas: 2, selector: { matchLabels: { a: 'b' } } } };
    expect(compareObjects([one, other], [other, turned])).toEqual([]);
  });

  test('paths can be read, whatever is in them', () => {
    expect(pathText(['metadata', 'annotations', 'a.b/c'])).toBe('metadata.annotations["a.b/c"]');
    expect(pathText(['a', 0, 'b'])).toBe('a[0].b');
  });
});

describe('a Secret in each of its forms', () => {
  const metadata = { name: 'db', namespace: 'shop' };
  const wanted = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: 'Opaque',
    values: ['password', 'username'],
  };

  test.each<[string, Fields]>([
    [
      'live',
      { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { username: '', password: '' } },
    ],
    [
      'as a file',
      { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: 'x' }, data: { username: '' } },
    ],
    [
      'encrypted',
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata,
        data: { username: 'ENC[]', password: 'ENC[]' },
        sops: {},
      },
    ],
    [
      'sealed',
      {
        apiVersion: 'bitnami.com/v1alpha1',
        kind: 'SealedSecret',
        metadata,
        spec: { encryptedData: { password: 'A', username: 'B' } },
      },
    ],
    [
      'external',
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata,
        spec: { data: [{ secretKey: 'username' }, { secretKey: 'password' }] },
      },
    ],
  ])('%s is the same', (_form, object) => {
    expect(secretShape(object)).toEqual(wanted);
  });

  test('another type and another name of a value are differences', () => {
    const tls = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data: { a: '' } };
    const external = {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata,
      spec: { target: { template: { type: 'kubernetes.io/tls' } }, data: [{ secretKey: 'b' }] },
    };
    const shapes = [tls, external].map((object) => secretShape(object) ?? {});
    expect(compareObjects(shapes.slice(0, 1), shapes.slice(1))).toMatchObject([
      { path: 'values[0]', left: 'a', right: 'b' },
    ]);
    expect(secretShape({ apiVersion: 'v1', kind: 'ConfigMap', metadata })).toBeUndefined();
  });
});
