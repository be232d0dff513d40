import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decideCopyBack } from './copy-back.ts';
import type { EntryType, FolderEntry } from './folder-entry.ts';

const entry = (path: string, type: EntryType, changes: Partial<FolderEntry> = {}): FolderEntry => ({
  path,
  type,
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  modifiedAt: 0,
  ...changes,
});
const file = (path: string, sha256 = 'aa') => entry(path, 'file', { sha256 });
const directory = (path: string) => entry(path, 'directory');
const root = directory('');

/** The paths of a decision, by what becomes of them. */
function decided(copied: readonly FolderEntry[], present: readonly FolderEntry[]) {
  const { put, same, left } = decideCopyBack([root, ...copied], [root, ...present]);
  return { put: put.map(({ path }) => path), same, left };
}

describe('putting a copy back', () => {
  test('into an empty folder puts everything', () => {
    const copied = [directory('a'), file('a/b'), entry('c', 'symlink', { link: '/x' })];
    expect(decided(copied, [])).toEqual({ put: ['a', 'a/b', 'c'], same: [], left: [] });
  });

  test('replaces nothing: the same is left, and another thing as well', () => {
    const copied = [directory('a'), file('a/b'), file('a/c'), file('d')];
    const present = [directory('a'), file('a/b'), file('a/c', 'bb')];
    expect(decided(copied, present)).toEqual({ put: ['d'], same: ['a', 'a/b'], left: ['a/c'] });
  });

  test.each<[string, FolderEntry]>([
    ['a file', file('a')],
    ['a link', entry('a', 'symlink', { link: '/etc' })],
  ])('puts nothing below what is %s now', (_name, present) => {
    const copied = [directory('a'), directory('a/b'), file('a/b/c')];
    expect(decided(copied, [present])).toEqual({ put: [], same: [], left: ['a', 'a/b', 'a/b/c'] });
  });

  test('puts no file where a folder is now', () => {
    expect(decided([file('a')], [directory('a')])).toEqual({ put: [], same: [], left: ['a'] });
  });

  test('puts a hard link only together with the file that it is another name of', () => {
    const copied = [file('a'), entry('b', 'hard link', { link: 'a' })];
    expect(decided(copied, []).put).toEqual(['a', 'b']);
    expect(decided(copied, [file('a', 'bb')])).toEqual({ put: [], same: [], left: ['a', 'b'] });
  });

  test('never puts anything on or below a path where something is, and forgets nothing', () => {
    const names = fc.constantFrom('a', 'b', 'a/a', 'a/b', 'a/a/a');
    const types = fc.constantFrom<EntryType>('file', 'directory', 'symlink', 'hard link');
    const folder = fc.uniqueArray(
      fc
        .record({ path: names, type: types, sha256: fc.constantFrom('aa', 'bb') })
        .map(({ path, type, sha256 }) =>
          entry(path, type, type === 'file' ? { sha256 } : type === 'directory' ? {} : { link: 'a' }),
        ),
      { selector: ({ path }) => path },
    );
    fc.assert(
      fc.property(folder, folder, (copied, present) => {
        const ordered = copied.toSorted((one, other) => (one.path < other.path ? -1 : 1));
        const { put, same, left } = decided(ordered, present);
        expect([...put, ...same, ...left].toSorted()).toEqual(ordered.map(({ path }) => path).toSorted());
        for (const path of put) {
          expect(present.some((other) => other.path === path)).toBe(false);
          for (const other of present.filter(({ type }) => type !== 'directory'))
            expect(path.startsWith(`${other.path}/`)).toBe(false);
        }
      }),
    );
  });
});
