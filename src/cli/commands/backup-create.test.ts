import { expect, test } from 'vitest';

import type { BackupManifest } from '../../backup/manifest.ts';
import { hasFilesOfEach } from './backup-create.ts';

const manifestOf = (...clusters: readonly string[]) =>
  ({
    parts: [
      { of: { kind: 'database', cluster: 'shop-db' } },
      { of: { kind: 'database', cluster: 'books-db' } },
      ...clusters.map((cluster) => ({ of: { kind: 'cluster', cluster } })),
    ],
  }) as unknown as BackupManifest;

test.each<[readonly string[], boolean]>([
  [['shop-db', 'books-db'], true],
  [['shop-db'], false],
  [[], false],
])('with the files of %j of two clusters a backup with --physical is whole: %s', (clusters, isWhole) => {
  expect(hasFilesOfEach(manifestOf(...clusters), ['shop-db', 'books-db'])).toBe(isWhole);
});

test('of no cluster there are no files, which were asked for', () => {
  expect(hasFilesOfEach(manifestOf(), [])).toBe(false);
});
