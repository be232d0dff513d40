import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { isPrivateGroup, parseAccount } from './accounts.ts';
import { objectionTo, partsOf } from './trusted-path.ts';

const alice = { name: 'alice', uid: 1000, gid: 1000, home: '/home/alice' };
const trust = { account: alice, privateGroup: undefined };
const folder = { path: '/home/alice/bin', uid: 1000, gid: 1000, mode: 0o40_755 };

describe('others can change what lies at a path', () => {
  test.for([
    ['her own', {}, undefined],
    ["root's", { uid: 0, gid: 0 }, undefined],
    ["another user's", { uid: 1001 }, 'chown alice /home/alice/bin'],
    ["another user's, outside of her home", { uid: 1001, path: '/opt/a b' }, "chown root '/opt/a b'"],
    ['for everybody', { mode: 0o40_757 }, 'chmod o-w /home/alice/bin'],
    ['for a group', { mode: 0o40_775, gid: 50 }, 'chmod g-w /home/alice/bin'],
    ['for the group of root', { mode: 0o40_775, gid: 0 }, undefined],
    ['for her group', { mode: 0o40_775 }, 'chmod g-w /home/alice/bin'],
    [
      'like /tmp',
      { uid: 0, mode: 0o41_777, path: '/tmp' },
      'move what lies there into a folder of its owner',
    ],
  ] as const)('%s', ([, changes, mend]) => {
    expect(objectionTo({ ...folder, ...changes }, trust)?.mend).toBe(mend);
  });

  test('not when the group has nobody else in it', () => {
    const part = { ...folder, mode: 0o40_775 };
    expect(objectionTo(part, { account: alice, privateGroup: 1000 })).toBeUndefined();
    expect(objectionTo({ ...part, gid: 1001 }, { account: alice, privateGroup: 1000 })).toBeDefined();
  });

  test('for an agent of root only root is trusted', () => {
    const root = { account: { ...alice, name: 'root', uid: 0, home: '/root' }, privateGroup: 0 };
    expect(objectionTo(folder, root)).toMatchObject({ mend: 'chown root /home/alice/bin' });
  });
});

describe('the way to a file', () => {
  test('has every folder on it, also those of links', () => {
    const base = temporaryFolder();
    for (const name of ['real', 'links', 'other']) mkdirSync(join(base, name));
    writeFileSync(join(base, 'real', 'program'), '');
    symlinkSync('../real/program', join(base, 'links', 'program'));
    symlinkSync(join(base, 'links'), join(base, 'other', 'bin'));
    const paths = partsOf(join(base, 'other', 'bin', 'program')).map(({ path }) => path);
    expect(paths).toContain(join(base, 'other'));
    expect(paths).toContain(join(base, 'links'));
    expect(paths).toContain(join(base, 'real'));
    expect(paths.at(-1)).toBe(join(base, 'real', 'program'));
    expect(paths[0]).toBe('/');
  });

  test('tells the modes that are there now', () => {
    const base = temporaryFolder();
    writeFileSync(join(base, 'program'), '');
    chmodSync(join(base, 'program'), 0o702);
    const last = partsOf(join(base, 'program')).at(-1);
    expect((last?.mode ?? 0) & 0o777).toBe(0o702);
    expect(
      objectionTo(last ?? folder, { account: { ...alice, uid: last?.uid ?? -1 }, privateGroup: 0 }),
    ).toMatchObject({
      why: 'everybody can write it',
    });
  });

  test('that leads in a circle is no way', () => {
    const base = temporaryFolder();
    symlinkSync('b', join(base, 'a'));
    symlinkSync('a', join(base, 'b'));
    expect(() => partsOf(join(base, 'a'))).toThrow('too many symbolic links');
  });

  test('to what is not there ends with an error', () => {
    expect(() => partsOf(join(temporaryFolder(), 'none'))).toThrow(/ENOENT/);
  });
});

describe('users and groups', () => {
  test.for([
    ['alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash\n', alice],
    ['', undefined],
    ['alice:x:1000:1000::', undefined],
    ['alice:x:no:1000::/home/alice:/bin/sh', undefined],
  ] as const)('%j is %j', ([line, account]) => {
    expect(parseAccount(line)).toEqual(account);
  });

  test.for([
    ['alice:x:1000:', true],
    ['alice:x:1000:alice', true],
    ['alice:x:1000:alice,bob', false],
    ['staff:x:1000:', false],
    ['alice:x:1001:', false],
    ['', false],
  ] as const)('group %j has nobody else in it: %j', ([line, isPrivate]) => {
    expect(isPrivateGroup(line, alice)).toBe(isPrivate);
  });
});
