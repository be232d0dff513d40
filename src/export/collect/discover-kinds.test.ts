import { describe, expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { discoverKinds } from './discover-kinds.ts';

const resource = (
  name: string,
  kind: string,
  verbs: readonly string[] = ['get', 'list'],
  namespaced = true,
) => ({
  name,
  kind,
  namespaced,
  verbs,
});

const groups = {
  groups: [
    {
      name: 'shop.example.com',
      versions: [{ version: 'v1' }, { version: 'v1beta1' }],
      preferredVersion: { version: 'v1' },
    },
    { name: 'metrics.k8s.io', versions: [{ version: 'v1' }] },
    { name: 'gone.example.com', versions: [{ version: 'v1' }] },
  ],
};

const answers: Readonly<Record<string, unknown>> = {
  '/apis': groups,
  '/api/v1': {
    resources: [
      resource('pods', 'Pod'),
      resource('pods/log', 'Pod'),
      resource('bindings', 'Binding', ['create']),
    ],
  },
  '/apis/shop.example.com/v1': { resources: [resource('windows', 'Window')] },
  '/apis/shop.example.com/v1beta1': {
    resources: [resource('windows', 'Window'), resource('doors', 'Door', ['list'], false)],
  },
  '/apis/gone.example.com/v1': { kind: 'Surprise' },
};

const reader = {
  get: (path: string) =>
    answers[path] === undefined
      ? Promise.reject(new Error(`asked for ${path}`))
      : Promise.resolve(answers[path] as KubeObject),
};

describe('the kinds that an API serves', () => {
  test('each in the version that is preferred, those of older versions too; nothing that holds no objects', async () => {
    const { kinds } = await discoverKinds(reader);
    expect(
      kinds.map(({ group, version, plural, namespaced }) => [group, version, plural, namespaced]),
    ).toEqual([
      ['', 'v1', 'pods', true],
      ['shop.example.com', 'v1', 'windows', true],
      ['shop.example.com', 'v1beta1', 'doors', false],
    ]);
  });

  test('a group that gives no list is missing', async () => {
    const { missing } = await discoverKinds(reader);
    expect(missing).toMatchObject([
      { what: 'the kinds of /apis/gone.example.com/v1', group: 'gone.example.com' },
    ]);
  });

  test('without a list of groups nothing can be told', async () => {
    await expect(discoverKinds({ get: () => Promise.reject(new Error('refused')) })).rejects.toThrow(
      /refused/,
    );
  });
});
