import { describe, expect, test } from 'vitest';

import { applyEdit, containerTest, patchOperations, type Edit } from './edit.ts';
import type { Manifest } from './manifest.ts';

const object: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { ports: [{ port: 80, nodePort: 30_080 }], list: ['a', 'b', 'c'] },
};

const edit = (op: Edit['op'], path: Edit['path'], more: Partial<Edit> = {}): Edit => ({
  op,
  path,
  why: 'a test',
  ...more,
});

describe('an edit', () => {
  test('leaves the manifest that is given as it is, and makes parents that are missing', () => {
    const after = applyEdit(object, edit('set', ['metadata', 'annotations', 'a/b'], { value: 'x' }));
    expect(after.metadata.annotations).toEqual({ 'a/b': 'x' });
    expect(object.metadata.annotations).toBeUndefined();
  });

  test('takes a member out of a list, and a field out of an object', () => {
    expect(applyEdit(object, edit('remove', ['spec', 'list', 1]))['spec']).toMatchObject({
      list: ['a', 'c'],
    });
    expect(applyEdit(object, edit('remove', ['spec', 'ports', 0, 'nodePort']))['spec']).toMatchObject({
      ports: [{ port: 80 }],
    });
  });
});

describe('the patch of an edit', () => {
  test.each([
    [
      'a plain value is tested before it is replaced',
      edit('set', ['spec', 'ports', 0, 'port'], { value: 443, was: 80 }),
      [
        { op: 'test', path: '/spec/ports/0/port', value: 80 },
        { op: 'replace', path: '/spec/ports/0/port', value: 443 },
      ],
    ],
    [
      'parents are added from the outside in, and slashes in names are written as ~1',
      edit('set', ['metadata', 'annotations', 'a/b~c'], { value: 'x' }),
      [
        { op: 'add', path: '/metadata/annotations', value: {} },
        { op: 'add', path: '/metadata/annotations/a~1b~0c', value: 'x' },
      ],
    ],
    [
      'a list that is missing is added as a list',
      edit('set', ['spec', 'env', 0], { value: { name: 'a' } }),
      [
        { op: 'add', path: '/spec/env', value: [] },
        { op: 'add', path: '/spec/env/0', value: { name: 'a' } },
      ],
    ],
    [
      'an object is removed without a test',
      edit('remove', ['spec', 'ports', 0], { was: { port: 80 } }),
      [{ op: 'remove', path: '/spec/ports/0' }],
    ],
  ])('%s', (_, wanted, operations) => {
    expect(patchOperations(object, wanted)).toEqual(operations);
  });

  test('a container is known again by its name', () => {
    const pod: Manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'web' }] },
    };
    expect(containerTest(pod, ['spec', 'containers', 0, 'image'])).toEqual({
      op: 'test',
      path: '/spec/containers/0/name',
      value: 'web',
    });
    expect(containerTest(pod, ['spec', 'containers'])).toBeUndefined();
  });
});
