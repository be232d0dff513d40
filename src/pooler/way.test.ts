import { describe, expect, test } from 'vitest';

import { now } from '../../test/fakes/observation.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import type { KubeObject } from '../ports/cluster.ts';
import { operatorResource, poolerWorkload, settingsField, type IniSource } from './deployment-shape.ts';
import { planProfile } from './plan-profile.ts';
import { planUndo } from './plan-undo.ts';
import type { PoolerProcess, PoolerState } from './pooler-state.ts';
import { wayOf, wayText } from './way.ts';

const mounted = { name: 'ini', mountPath: '/etc/pgbouncer' };
const fromMap = { name: 'ini', configMap: { name: 'mine' } };

function deployment(container: object, volumes: readonly object[] = [], labels = {}): KubeObject {
  const spec = { containers: [{ name: 'main', image: 'my/pgbouncer:1', ...container }], volumes };
  return {
    metadata: { name: 'pooler', uid: 'u', labels },
    spec: { template: { spec } },
  };
}

function why(source: IniSource): string {
  return source.addable ? '' : source.why;
}

describe('where a pooler has its ini from', () => {
  test('is a ConfigMap that is mounted as a whole', () => {
    const usual = { addable: true, configMap: 'mine', key: 'pgbouncer.ini', folder: '/etc/pgbouncer' };
    expect(poolerWorkload(deployment({ volumeMounts: [mounted] }, [fromMap])).ini).toEqual(usual);
    const named = {
      command: ['sh', '-c', 'exec pgbouncer /conf/my.ini'],
      volumeMounts: [{ name: 'ini', mountPath: '/conf/' }],
    };
    expect(poolerWorkload(deployment(named, [fromMap])).ini).toEqual({
      ...usual,
      key: 'my.ini',
      folder: '/conf',
    });
  });

  test.each([
    ['the image', {}, [], /comes with the image, or is written at each start/],
    [
      'a Secret',
      { volumeMounts: [mounted] },
      [{ name: 'ini', secret: {} }],
      /volume ini, which is no ConfigMap/,
    ],
    ['a subPath', { volumeMounts: [{ ...mounted, subPath: 'a' }] }, [fromMap], /mounted by subPath/],
    [
      'a file',
      { volumeMounts: [{ ...mounted, mountPath: '/etc/pgbouncer/pgbouncer.ini' }] },
      [fromMap],
      /by subPath/,
    ],
    [
      'chosen keys',
      { volumeMounts: [mounted] },
      [{ name: 'ini', configMap: { name: 'mine', items: [{ key: 'a' }] } }],
      /only some keys of ConfigMap mine/,
    ],
    [
      'a folder above',
      { volumeMounts: [{ ...mounted, mountPath: '/etc' }] },
      [fromMap],
      /is no key of ConfigMap mine/,
    ],
  ] as const)('cannot be added to when it is %s', (_, container, volumes, reason) => {
    expect(why(poolerWorkload(deployment(container, volumes)).ini)).toMatch(reason);
  });
});

function definition(properties: object): KubeObject {
  const connectionPooler = { properties };
  const openAPIV3Schema = { properties: { spec: { properties: { connectionPooler } } } };
  return { metadata: { name: 'd', uid: 'u' }, spec: { versions: [{ schema: { openAPIV3Schema } }] } };
}

test('an operator that takes settings itself shows it in the definition of its resource', () => {
  const resources = { type: 'object', properties: {} };
  expect(settingsField(definition({ dockerImage: { type: 'string' }, resources }))).toBeUndefined();
  const parameters = { type: 'object', additionalProperties: { type: 'string' } };
  expect(settingsField(definition({ resources, parameters }))).toBe('parameters');
});

const process: PoolerProcess = {
  ref: { kind: 'Pod', namespace: 'shop', name: 'pooler-1', uid: 'u1' },
  node: 'node-1',
  config: saw(
    { values: { conffile: '/etc/pgbouncer/pgbouncer.ini' }, defaults: { server_login_retry: '15' } },
    'console',
    now,
  ),
};

const own: PoolerState = {
  component: { namespace: 'shop', name: 'pooler' } as PoolerState['component'],
  ref: { kind: 'Deployment', namespace: 'shop', name: 'pooler', uid: 'd' },
  workload: poolerWorkload(deployment({ volumeMounts: [mounted] }, [fromMap])),
  processes: [process],
  operator: undefined,
  operatorField: undefined,
  ini: { text: '[pgbouncer]\nserver_login_retry = 5\n', included: undefined, isImmutable: false },
  hasSettings: false,
  hasCheckPod: false,
};

const resource = operatorResource(
  { metadata: { name: 'db', uid: 'c' }, spec: { connectionPooler: { numberOfInstances: 2 } } },
  'note',
);
const operators: PoolerState = {
  ...own,
  ini: undefined,
  operator: resource,
  operatorField: saw(undefined, 'CRD', now),
};
const derived: PoolerState = {
  ...operators,
  hasSettings: true,
  operator: { ...resource, image: 'ours:1', before: '' },
  processes: [
    {
      ...process,
      config: saw({ values: { conffile: '/tmp/x/rekindle-pgbouncer.ini' }, defaults: {} }, 'console', now),
    },
  ],
};

describe('the way', () => {
  test.each([
    ['its own ConfigMap', own, undefined, 'include'],
    ['the operator’s image', operators, undefined, 'set'],
    ['an image that was built', operators, 'ours:1', 'new-image'],
    ['an image that takes settings', derived, undefined, 'image'],
  ] as const)('of a pooler with %s', (_, state, image, kind) => {
    const way = wayOf(state, image);
    expect(way.kind).toBe(kind);
    expect(wayText(way)).toMatch(kind === 'set' ? /^They last until/ : /^They last: /);
  });

  test.each([
    [{ ...own, ini: undefined }, /ConfigMap mine has no key pgbouncer\.ini/],
    [
      { ...own, ini: { text: '[pgbouncer]\n', included: undefined, isImmutable: true } },
      /ConfigMap mine is immutable/,
    ],
    [
      { ...own, ini: { text: '[users]\n', included: undefined, isImmutable: false } },
      /line 1: there is no section/,
    ],
    [
      { ...operators, operatorField: saw('parameters', 'CRD', now) },
      /field for settings, spec\.connectionPooler\.parameters/,
    ],
    [
      { ...operators, operatorField: couldNotLook<undefined>('no right', 'CRD', now) },
      /could not be seen: no right/,
    ],
  ])('that is only SET says why', (state, reason) => {
    expect(wayText(wayOf(state, undefined))).toMatch(reason);
  });

  test('is not taken for the image’s while one process runs another', () => {
    expect(wayOf({ ...derived, processes: [...derived.processes, process] }, undefined).kind).toBe('set');
  });
});

const wanted = { profile: { name: 'quick', settings: { server_login_retry: '1' } }, at: now };

function names(steps: readonly { readonly step: string }[]): readonly string[] {
  return steps.map(({ step }) => step);
}

describe('the plan', () => {
  test('checks first, keeps, then goes to every process', () => {
    expect(names(planProfile(own, wanted).steps)).toEqual([
      'check-pooler-settings',
      'include-pooler-settings',
      'apply-pooler-profile',
      'reload-pooler-settings',
    ]);
    expect(names(planProfile(operators, wanted).steps)).toEqual([
      'check-pooler-settings',
      'apply-pooler-profile',
    ]);
    const image = planProfile(operators, { ...wanted, image: 'ours:1' }).steps;
    expect(names(image)).toEqual(['check-pooler-settings', 'write-pooler-settings', 'use-pooler-image']);
    expect(image[0]?.parameters).toMatchObject({ image: 'ours:1' });
    expect(image[0]?.parameters).not.toHaveProperty('node');
  });

  test('never restarts anything but by a new image', () => {
    for (const state of [own, operators, derived])
      expect(planProfile(state, wanted).steps.map(({ risk }) => risk)).not.toContain('disruptive');
    expect(planProfile(operators, { ...wanted, image: 'ours:1' }).steps.at(-1)?.risk).toBe('disruptive');
  });

  test('of an undo takes back what is there, and nothing else', () => {
    expect(names(planUndo(operators, now))).toEqual(['reload-pooler-settings']);
    expect(names(planUndo(derived, now))).toEqual(['restore-pooler-image', 'drop-pooler-settings']);
    expect(names(planUndo({ ...operators, hasCheckPod: true }, now))).toEqual([
      'remove-check-pods',
      'reload-pooler-settings',
    ]);
    expect(names(planUndo({ ...operators, hasSettings: true }, now))).toEqual([
      'drop-pooler-settings',
      'reload-pooler-settings',
    ]);
  });

  test('of an undo waits for the values that the ini has without us', () => {
    const text = '[pgbouncer]\nserver_login_retry = 5\n%include /etc/pgbouncer/rekindle.ini\n';
    const included = 'server_login_retry = 1\nserver_lifetime = 60\n';
    const defaults = { server_lifetime: '3600' };
    const config = saw({ values: {}, defaults }, 'console', now);
    const state = {
      ...own,
      ini: { text, included, isImmutable: false },
      processes: [{ ...process, config }],
    };
    const steps = planUndo(state, now);
    expect(names(steps)).toEqual(['exclude-pooler-settings', 'reload-pooler-settings']);
    expect(JSON.parse(steps[1]?.parameters['settings'] ?? '')).toEqual({
      server_login_retry: '5',
      server_lifetime: '3600',
    });
  });
});
