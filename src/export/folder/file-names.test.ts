import { describe, expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { fileNames, inOrder } from './file-names.ts';

const entry = (kind: string, name: string, apiVersion = 'v1') => ({
  object: { apiVersion, kind, metadata: { name, uid: 'u' } } as KubeObject,
});

const named = (entries: readonly ReturnType<typeof entry>[]) => fileNames(entries).map(({ file }) => file);

describe('file names', () => {
  test('are kind and name', () => {
    expect(named([entry('Deployment', 'django'), entry('ConfigMap', 'kube-root-ca.crt')])).toEqual([
      'deployment-django.yaml',
      'configmap-kube-root-ca.crt.yaml',
    ]);
  });

  test('are told apart where they would be one, in whatever order they come', () => {
    const entries = [entry('Service', 'web'), entry('Service', 'web', 'serving.knative.dev/v1')];
    const [one = '', other = ''] = named(entries);
    expect(one).toMatch(/^service-web-[0-9a-f]{8}\.yaml$/);
    expect(other).not.toBe(one);
    expect(named(entries.toReversed())).toEqual([other, one]);
    const capitals = named([entry('Role', 'Shop'), entry('Role', 'shop')]).map((file) => file.toLowerCase());
    expect(new Set(capitals).size).toBe(2);
  });

  test('never lead anywhere, and are never too long', () => {
    const names = ['system:node', '../../etc/passwd', '..', 'a/b', 'x'.repeat(253), 'ü', 'a b'];
    const files = named(names.map((name) => entry('Role', name)));
    for (const file of files) expect(file).toMatch(/^role-[A-Za-z0-9._-]+\.yaml$/);
    expect(Math.max(...files.map((file) => Buffer.byteLength(file)))).toBeLessThan(255);
    expect(new Set(files).size).toBe(files.length);
  });

  test('the order is by kind and name, however they come', () => {
    const entries = [entry('postgresql', 'db'), entry('Pod', 'b'), entry('Pod', 'a'), entry('Secret', 'a')];
    const order = (list: typeof entries) =>
      inOrder(list).map(({ object }) => `${object.kind} ${object.metadata.name}`);
    expect(order(entries)).toEqual(['Pod a', 'Pod b', 'postgresql db', 'Secret a']);
    expect(order(entries.toReversed())).toEqual(order(entries));
  });
});
