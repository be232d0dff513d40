import { describe, expect, test } from 'vitest';

import {
  hardenInventory,
  hardenWorkload,
  judged,
  patchedContainer,
} from '../../../test/fakes/harden-inventory.ts';
import { deployment, type Manifest } from '../../../test/fakes/inventory.ts';
import { now } from '../../../test/fakes/observation.ts';
import { saw } from '../../domain/looked.ts';
import type { HardenWorkload } from '../inventory.ts';

interface Parts {
  readonly args?: readonly string[];
  readonly mountPath?: string;
  readonly claims?: readonly string[];
  readonly container?: Readonly<Record<string, unknown>>;
}

function redis({
  args = ['--appendonly', 'yes'],
  mountPath = '/data',
  claims = ['data'],
  container,
}: Parts = {}): Manifest {
  const manifest = deployment('cache', {
    container: {
      image: 'redis:7',
      command: ['redis-server', ...args],
      volumeMounts: [{ name: 'data', mountPath }],
      ...container,
    },
  });
  const spec = manifest['spec'] as Record<string, unknown>;
  const volumeClaimTemplates = claims.map((name) => ({ metadata: { name } }));
  return { ...manifest, kind: 'StatefulSet', spec: { ...spec, volumeClaimTemplates } };
}

async function guard(parts?: Parts, changes: Partial<HardenWorkload> = {}) {
  const manifest = redis(parts);
  const inventory = await hardenInventory([manifest], {}, 'shop');
  const [measure] = judged('redis-guard', {
    ...inventory,
    workloads: [hardenWorkload('shop', manifest, changes)],
  });
  return measure;
}

const words = (container: Readonly<Record<string, unknown>> | undefined) =>
  ((container ?? {})['command'] as readonly string[]).slice(-2);

describe('the guard of the append-only file', () => {
  test('looks where Redis looks, on the same volume', async () => {
    const added = patchedContainer(await guard(), 'initContainers');
    expect(added).toMatchObject({
      name: 'rekindle-redis-guard',
      image: 'redis:7',
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    });
    expect(words(added)).toEqual(['/data/appendonlydir', 'appendonly.aof']);
  });

  test('follows what Redis is told', async () => {
    const args = '--appendonly yes --dir /srv/cache --appenddirname aof --appendfilename queue.aof'.split(
      ' ',
    );
    const added = patchedContainer(await guard({ args, mountPath: '/srv' }), 'initContainers');
    expect(words(added)).toEqual(['/srv/cache/aof', 'queue.aof']);
  });

  test.each([
    ['it keeps no such file', { args: [] }, /no append-only file/],
    [
      'a configuration file decides',
      { args: ['/etc/redis.conf', '--appendonly', 'yes'] },
      /configuration file/,
    ],
    ['its folder dies with the pod', { claims: [] }, /no volume claim/],
    ['its folder is on no volume', { mountPath: '/other' }, /no volume claim/],
  ])('has nothing to do where %s', async (_why, parts, reason) => {
    expect((await guard(parts))?.change).toMatchObject({
      by: 'nothing',
      reason: expect.stringMatching(reason),
    });
  });

  test('is left to a person where a program that it needs is missing', async () => {
    const few = { tools: { main: saw(['sh', 'cp'], 'node', now) } };
    expect((await guard({}, few))?.change).toMatchObject({
      by: 'hand',
      todo: expect.stringContaining('redis-check-aof'),
    });
    expect((await guard({}, { tools: {} }))?.change).toMatchObject({
      by: 'hand',
      todo: expect.stringContaining('no pod of it runs'),
    });
  });
});
