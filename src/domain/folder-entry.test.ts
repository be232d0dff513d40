import { describe, expect, test } from 'vitest';

import { changedPaths, missingPaths, type FolderEntry } from './folder-entry.ts';

const file = (path: string, changes: Partial<FolderEntry> = {}): FolderEntry => ({
  path,
  type: 'file',
  mode: 0o644,
  uid: 1000,
  gid: 1000,
  size: 3,
  modifiedAt: 1_700_000_000_000,
  sha256: 'aa',
  ...changes,
});
const directory = (path: string, changes: Partial<FolderEntry> = {}): FolderEntry => {
  const { sha256: _none, ...rest } = file(path, { type: 'directory', size: 0, ...changes });
  return rest;
};
const folder = [directory(''), directory('2026'), file('2026/a'), file('b')];

describe('two looks at one folder', () => {
  test('are the same when nothing has changed, whatever the order', () => {
    expect(changedPaths(folder, folder.toReversed())).toEqual([]);
  });

  test.each<[string, Partial<FolderEntry>]>([
    ['contents', { sha256: 'bb' }],
    ['size', { size: 4 }],
    ['mode', { mode: 0o600 }],
    ['user', { uid: 0 }],
    ['group', { gid: 0 }],
    ['time', { modifiedAt: 1_700_000_001_000 }],
    ['kind', { type: 'fifo' }],
    ['target', { link: 'elsewhere' }],
    ['device', { device: '1:3' }],
  ])('differ when the %s of a file is another', (_name, changes) => {
    const after = [...folder.slice(0, 3), file('b', changes)];
    expect(changedPaths(folder, after)).toEqual(['b']);
  });

  test('differ by what came and by what went', () => {
    expect(changedPaths(folder, [...folder.slice(0, 3), file('c')])).toEqual(['b', 'c']);
  });
});

describe('what should be in a folder', () => {
  test('is not missing when it is there beside other things', () => {
    expect(missingPaths(folder.slice(2), [...folder, file('of the new pod')])).toEqual([]);
  });

  test('may be in a directory that has changed since', () => {
    expect(missingPaths([directory('2026')], [directory('2026', { modifiedAt: 0 })])).toEqual([]);
    expect(missingPaths([directory('2026')], [directory('2026', { mode: 0o700 })])).toEqual(['2026']);
  });

  test('is missing when it is not there, or not as it was', () => {
    expect(missingPaths(folder, folder.slice(0, 3))).toEqual(['b']);
    expect(missingPaths([file('b')], [file('b', { sha256: 'bb' })])).toEqual(['b']);
    expect(missingPaths([file('b')], [file('b', { modifiedAt: 0 })])).toEqual(['b']);
  });
});
