import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { recordFile, recordText } from './record.ts';
import { checkTarget, writeFolder } from './write-folder.ts';

function filesOf(text: string) {
  const files = { 'README.md': text, 'base/a.yaml': `a: ${text}\n` };
  const record = { namespace: 'shop', secrets: 'external' as const, complete: true };
  return { ...files, [recordFile]: recordText({ ...record, missing: [], leftOut: [], apart: [] }, files) };
}

const write = (folder: string, text: string) => writeFolder(checkTarget(folder), filesOf(text));

describe('the folder of an export', () => {
  test('is made with all folders above it, and replaced as a whole', () => {
    const folder = join(temporaryFolder(), 'a', 'shop');
    write(folder, 'one');
    expect(checkTarget(folder).before).toMatchObject({ namespace: 'shop', complete: true });
    write(folder, 'two');
    expect(readFileSync(join(folder, 'base/a.yaml'), 'utf8')).toBe('a: two\n');
    expect(readdirSync(join(folder, '..'))).toEqual(['shop']);
  });

  test('may be there and empty', () => {
    const folder = temporaryFolder();
    write(folder, 'one');
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'base', recordFile]);
  });

  test.each([
    [
      'somebody else’s',
      (folder: string) => writeFileSync(join(folder, 'notes.txt'), 'mine'),
      /there is something in it, and it is no export/,
    ],
    [
      'an export with a file of somebody’s',
      (folder: string) => {
        write(folder, 'one');
        mkdirSync(join(folder, '.git'));
        writeFileSync(join(folder, '.git/HEAD'), 'x');
      },
      /files that no export wrote: \.git\/HEAD/,
    ],
    [
      'an export that somebody has changed',
      (folder: string) => {
        write(folder, 'one');
        writeFileSync(join(folder, 'base/a.yaml'), 'a: mine\n');
      },
      /somebody has changed base\/a\.yaml/,
    ],
    [
      'an export with a link',
      (folder: string) => {
        write(folder, 'one');
        symlinkSync('/etc/passwd', join(folder, 'link'));
      },
      /no export wrote: link/,
    ],
    [
      'a folder with a record that is none',
      (folder: string) => writeFileSync(join(folder, recordFile), '{}'),
      /it is no export/,
    ],
  ])('is refused when it is %s, and stays as it is', (_what, prepare, words) => {
    const folder = temporaryFolder();
    prepare(folder);
    const before = readdirSync(folder, { recursive: true });
    expect(() => checkTarget(folder)).toThrow(words);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  test('a file in its place is refused', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => checkTarget(file)).toThrow(/it is no folder/);
    expect(() => checkTarget(join(file, 'below'))).not.toThrow(/it is no folder/);
  });

  test('an export that was ended between its two renames is put back', () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'shop');
    write(folder, 'one');
    renameSync(folder, `${folder}.4711.before`);
    expect(checkTarget(folder).before).toBeDefined();
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('one');
  });

  test('what cannot be written leaves what was there', () => {
    const folder = join(temporaryFolder(), 'shop');
    write(folder, 'one');
    const files = { ...filesOf('two'), 'base/a.yaml/below': 'no folder can be made here' };
    expect(() => writeFolder(checkTarget(folder), files)).toThrow(
      /The export was not written: .*EEXIST|ENOTDIR/,
    );
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('one');
    expect(readdirSync(join(folder, '..'))).toEqual(['shop']);
    expect(existsSync(folder)).toBe(true);
  });
});
