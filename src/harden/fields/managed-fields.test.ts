import { describe, expect, test } from 'vitest';

import type { Fields } from './fields.ts';
import { appliedBy, onlyBy, ownedByOthers } from './managed-fields.ts';
import { mergeFields, projectFields, subtractFields } from './merge-fields.ts';

const containers = [
  { name: 'web', image: 'web:1', startupProbe: { periodSeconds: 5, successThreshold: 1 }, args: ['a', 'b'] },
  { name: 'extra', image: 'extra:1' },
];
const item = (inner: object) => ({ 'k:{"name":"web"}': { '.': {}, 'f:name': {}, ...inner } });
const tree = (inner: object) => ({ 'f:spec': { 'f:containers': inner } });

const entry = (manager: string, operation: string, fieldsV1: object) => ({ manager, operation, fieldsV1 });

/** An object with what `ours` and `theirs` have set. */
function object(ours: object | undefined, theirs: object): Fields {
  const managedFields = [
    entry('kubectl', 'Update', tree(theirs)),
    ...(ours === undefined ? [] : [entry('ours', 'Apply', tree(ours))]),
    { ...entry('controller', 'Update', { 'f:status': {} }), subresource: 'status' },
  ];
  return { metadata: { name: 'web', managedFields }, spec: { containers } };
}

const probe = { 'f:startupProbe': { 'f:periodSeconds': {} } };

describe('what a manager has set', () => {
  test('is what has to be applied again: its own fields and the keys of their items', () => {
    expect(appliedBy(object(item(probe), item({ 'f:image': {} })), 'ours')).toEqual({
      spec: { containers: [{ name: 'web', startupProbe: { periodSeconds: 5 } }] },
    });
    expect(appliedBy(object(undefined, item({})), 'ours')).toBeUndefined();
    expect(appliedBy(object(item(probe), item({})), 'kubectl')).toBeUndefined();
  });

  test('goes as a whole where nobody else has any of it, with what the API server has filled in', () => {
    expect(onlyBy(object(item(probe), item({ 'f:image': {} })), 'ours')).toEqual({
      spec: { containers: [{ name: 'web', startupProbe: { periodSeconds: 5, successThreshold: 1 } }] },
    });
    const alone = {
      metadata: {
        managedFields: [
          entry('kubectl', 'Update', { 'f:spec': { 'f:replicas': {} } }),
          entry('ours', 'Apply', tree(item({}))),
        ],
      },
      spec: { containers, replicas: 1 },
    };
    expect(onlyBy(alone, 'ours')).toEqual({ spec: { containers } });
  });

  test('stays where somebody else wants it as well', () => {
    expect(onlyBy(object(item(probe), item({ ...probe, 'f:image': {} })), 'ours')).toEqual({});
  });
});

describe('whose fields a patch would change', () => {
  const theirs = item({ ...probe, 'f:image': {}, 'f:args': {} });
  const owners = (patch: object) =>
    ownedByOthers(object(undefined, theirs), { spec: { containers: [{ name: 'web', ...patch }] } }, 'ours');

  test.each([
    ['another value', { startupProbe: { periodSeconds: 9 } }, '.startupProbe.periodSeconds'],
    ['a removal', { startupProbe: null }, '.startupProbe'],
    ['a list as a whole', { args: ['c'] }, '.args'],
  ])('%s', (_what, patch, field) => {
    expect(owners(patch)).toEqual([{ field: `.spec.containers[name="web"]${field}`, manager: 'kubectl' }]);
  });

  test.each([
    ['the same value', { image: 'web:1', args: ['a', 'b'] }],
    ['a field that is not there', { workingDir: '/srv', livenessProbe: { periodSeconds: 1 } }],
    ['a removal of what is not there', { livenessProbe: null }],
    ['a field that nobody is named for', { startupProbe: { successThreshold: 2 } }],
  ])('nobody’s: %s', (_what, patch) => {
    expect(owners(patch)).toEqual([]);
  });

  test('our own fields are nobody else’s', () => {
    const own = object(item(probe), item({ 'f:image': {} }));
    const patch = { spec: { containers: [{ name: 'web', startupProbe: { periodSeconds: 9 } }] } };
    expect(ownedByOthers(own, patch, 'ours')).toEqual([]);
  });
});

describe('a strategic merge patch', () => {
  const live = { spec: { containers, replicas: 2 } };

  test('merges containers by name, adds new ones at the end, replaces other lists, removes by null', () => {
    const patch = {
      spec: {
        replicas: null,
        containers: [{ name: 'new' }, { name: 'web', args: ['c'], startupProbe: { periodSeconds: 1 } }],
      },
    };
    expect(mergeFields(live, patch)).toEqual({
      spec: {
        containers: [
          { ...containers[0], args: ['c'], startupProbe: { periodSeconds: 1, successThreshold: 1 } },
          containers[1],
          { name: 'new' },
        ],
      },
    });
  });

  test('what is taken away leaves no empty thing behind', () => {
    const part = {
      spec: {
        containers: [
          { name: 'web', startupProbe: { periodSeconds: 0, successThreshold: 0 } },
          { name: 'extra', image: '' },
        ],
      },
    };
    const { startupProbe: _probe, ...web } = containers[0] ?? {};
    expect(subtractFields(live, part)).toEqual({ spec: { replicas: 2, containers: [web] } });
    expect(subtractFields({ a: { b: 1 }, c: 2 }, { a: { b: 0 } })).toEqual({ c: 2 });
  });

  test('what is shown of an object is only what the patch names', () => {
    const shape = { spec: { containers: [{ name: 'web', startupProbe: { periodSeconds: 0 }, gone: 1 }] } };
    expect(projectFields(live, shape)).toEqual({
      spec: { containers: [{ name: 'web', startupProbe: { periodSeconds: 5 } }] },
    });
  });
});
