import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import type { Run } from './run.ts';
import { objectionsToAll, requireTrusted, sourcesOf } from './trust.ts';

const { username: name, uid, gid, homedir: home } = userInfo();
const account = { name, uid, gid, home };
/** Nobody has a group of their own here. */
const noGroups: Run = () => Promise.resolve({ code: 2, stdout: '', said: '' });

/** The folder of a test lies in one that everybody can write. */
const below = (folder: string, paths: readonly string[]) => paths.filter((path) => path.startsWith(folder));

function checkout(): string {
  const root = temporaryFolder();
  for (const folder of ['src/cli', 'node_modules/pkg'])
    mkdirSync(join(root, folder), { recursive: true, mode: 0o755 });
  for (const file of ['package.json', 'src/cli/main.ts', 'node_modules/pkg/index.js'])
    writeFileSync(join(root, file), '', { mode: 0o644 });
  return root;
}

describe('a program from a checkout', () => {
  test('is all that it loads', () => {
    const root = checkout();
    const found = sourcesOf(join(root, 'src/cli/main.ts'));
    for (const file of ['package.json', 'src/cli/main.ts', 'node_modules/pkg', 'node_modules/pkg/index.js'])
      expect(found).toContain(join(root, file));
  });

  test('is not trusted when one of its packages can be written by others', async () => {
    const root = checkout();
    chmodSync(join(root, 'node_modules/pkg/index.js'), 0o666);
    const objections = await objectionsToAll(sourcesOf(join(root, 'src/cli/main.ts')), account, noGroups);
    expect(
      below(
        root,
        objections.map(({ path }) => path),
      ),
    ).toEqual([join(root, 'node_modules/pkg/index.js')]);
  });
});

test('each thing that others can change is told once, with what ends it', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'open'));
  chmodSync(join(folder, 'open'), 0o777);
  for (const file of ['a', 'b']) writeFileSync(join(folder, 'open', file), '', { mode: 0o600 });
  const paths = ['a', 'b', 'not there'].map((file) => join(folder, 'open', file));
  const objections = await objectionsToAll(paths, account, noGroups);
  expect(objections.filter(({ path }) => path.startsWith(folder))).toEqual([
    { path: join(folder, 'open'), why: 'everybody can write it', mend: `chmod o-w ${join(folder, 'open')}` },
  ]);
  await expect(requireTrusted(paths, account, noGroups)).rejects.toThrow(`chmod o-w ${join(folder, 'open')}`);
});
