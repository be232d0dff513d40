import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { node, now, pod } from '../../../test/fakes/observation.ts';
import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import type { ArchiveReading, ClusterProvider } from '../../ports/cluster-provider.ts';
import { takeCopy } from './take-copy.ts';

const root = {
  path: '',
  type: 'directory',
  mode: 0o777,
  uid: 0,
  gid: 0,
  size: 0,
  modifiedAt: 0,
  from: 0,
  to: 512,
} as const;

/** Copies a pod with these volumes from a node whose folders have these sizes, bytes. */
async function copy(sizes: readonly number[], folder: string) {
  const limits: number[] = [];
  const provider = {
    readArchive: (_id: string, { limitBytes }: ArchiveReading) => {
      limits.push(limitBytes);
      const bytes = sizes[limits.length - 1] ?? 0;
      return Promise.resolve({ entries: [root], isWhole: bytes <= limitBytes, bytes });
    },
  } as unknown as ClusterProvider;
  const web = pod('web', { emptyDirs: sizes.map((_size, index) => `volume-${index}`) });
  const { signal } = new AbortController();
  const doing = takeCopy({ pod: web, node: node('server-0'), root: folder, provider, now, signal });
  const [result] = await Promise.allSettled([doing]);
  return { limits, result };
}

const gib = 1024 ** 3;

test('all volumes of a pod together may have 2 GiB; of more nothing is copied', async () => {
  const folder = join(temporaryFolder(), 'copies');
  const { limits, result } = await copy([1.5 * gib, gib], folder);
  expect(limits).toEqual([2 * gib, 0.5 * gib]);
  expect(result).toMatchObject({
    reason: { message: expect.stringMatching(/hold more than the 2 GiB that are copied/) as string },
  });
  expect(existsSync(folder)).toBe(false);
});

test('a second copy in one run does not touch the first', async () => {
  const folder = join(temporaryFolder(), 'copies');
  const first = await copy([1024], folder);
  const second = await copy([1024], folder);
  expect([first.result, second.result]).toMatchObject([
    { value: { folder: join(folder, 'shop', 'web') } },
    { value: { folder: join(folder, 'shop', 'web.2') } },
  ]);
  expect(readdirSync(join(folder, 'shop', 'web')).sort()).toEqual(['manifest.json', 'volume-0.tar']);
});
