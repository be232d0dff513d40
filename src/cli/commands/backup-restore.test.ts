import { expect, test } from 'vitest';

import type { BackupManifest } from '../../backup/manifest.ts';
import { assertOneKind, chosenFiles, chosenPart } from './backup-restore.ts';

const manifest = (...parts: readonly (readonly [kind: string, cluster: string])[]) =>
  ({
    id: 'b-1',
    parts: parts.map(([kind, cluster]) => ({ of: { kind, cluster, database: 'shop' } })),
  }) as unknown as BackupManifest;

const two = manifest(
  ['database', 'shop-db'],
  ['cluster', 'shop-db'],
  ['database', 'books-db'],
  ['cluster', 'books-db'],
);

test('of several clusters none is taken for the one that is meant', () => {
  expect(() => chosenFiles(two, undefined)).toThrow(/shop-db, books-db.*--cluster/);
  expect(() => chosenFiles(two, 'other-db')).toThrow(/no files of other-db.*shop-db, books-db/);
  expect(chosenFiles(two, 'books-db').of.cluster).toBe('books-db');
  expect(chosenFiles(manifest(['cluster', 'shop-db']), undefined).of.cluster).toBe('shop-db');
  expect(() => chosenFiles(manifest(['database', 'shop-db']), undefined)).toThrow(/--physical/);
});

test('a database whose name two clusters have is told apart by its cluster', () => {
  expect(() => chosenPart(two, { database: 'shop' })).toThrow(/shop of shop-db, shop of books-db.*--cluster/);
  expect(chosenPart(two, { database: 'shop', cluster: 'books-db' }).of.cluster).toBe('books-db');
  expect(chosenPart(two, { cluster: 'shop-db' }).of.cluster).toBe('shop-db');
});

test('of two kinds of restores none is done silently', () => {
  expect(() => assertOneKind({ fromNothing: true, uploads: 'files' })).toThrow(
    /--from-nothing and --uploads/,
  );
  expect(() => assertOneKind({ uploads: 'files', files: 'rescued' })).toThrow(/--uploads and --files/);
  for (const one of [{}, { fromNothing: true }, { uploads: 'files' }, { files: 'rescued' }])
    expect(() => assertOneKind(one)).not.toThrow();
});
