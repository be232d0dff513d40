import { expect, test } from 'vitest';

import { copyObjection } from './copy-objection.ts';
import type { EntryType, FolderEntry } from './folder-entry.ts';

const entry = (path: string, type: EntryType, link?: string): FolderEntry => ({
  path,
  type,
  mode: 0o755,
  uid: 0,
  gid: 0,
  size: 0,
  modifiedAt: 0,
  ...(link !== undefined && { link }),
});
const root = entry('', 'directory');

test.each<[string, FolderEntry[]]>([
  ['nothing', []],
  ['files of every kind', [entry('a', 'file'), entry('p', 'fifo'), entry('b', 'hard link', 'a')]],
  // The engine takes an absolute target for one below the link.
  [
    'links that stay, as they are written',
    [entry('a', 'symlink', '/etc'), entry('d/b', 'symlink', '../../c')],
  ],
])('%s can be put back', (_name, entries) => {
  expect(copyObjection('uploads', [root, ...entries])).toBeUndefined();
});

test.each<[string, RegExp, FolderEntry[]]>([
  ['a link that leads out', /link a leads out/, [root, entry('a', 'symlink', '../../x')]],
  ['a link that leads out from below', /leads out/, [root, entry('d/a', 'symlink', '../../../x')]],
  ['a name of no UTF-8', /not valid UTF-8/, [root, entry('a\u{FFFD}', 'file')]],
  ['a link to a name of no UTF-8', /not valid UTF-8/, [root, entry('a', 'symlink', '\u{FFFD}')]],
  ['an unknown kind', /kind that is not known/, [root, entry('a', 'other')]],
  ['one name twice', /names are the same/, [root, entry('a', 'file'), entry('a', 'file')]],
  ['a folder that is a link', /is none/, [entry('', 'symlink', '/etc')]],
  ['no folder', /is none/, []],
])('%s cannot', (_name, why, entries) => {
  expect(copyObjection('uploads', entries)).toMatch(why);
});
