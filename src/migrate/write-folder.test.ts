import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { writeFolder } from './write-folder.ts';

test('writes everything, scripts so that they can be run', () => {
  const folder = path.join(temporaryFolder(), 'a/b/out');
  writeFolder(folder, { 'README.md': 'x', 'scripts/do.sh': '#!/bin/sh\n' });
  expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toBe('x');
  expect(statSync(path.join(folder, 'scripts/do.sh')).mode & 0o111).toBe(0o111);
  expect(statSync(path.join(folder, 'README.md')).mode & 0o111).toBe(0);
});

test('into an empty folder, and not into one that holds something: then nothing is changed and nothing is left', () => {
  const parent = temporaryFolder();
  const empty = path.join(parent, 'empty');
  mkdirSync(empty);
  writeFolder(empty, { a: '1' });
  expect(() => writeFolder(empty, { a: '2', b: '3' })).toThrow(/ENOTEMPTY/);
  expect(readdirSync(empty)).toEqual(['a']);
  expect(readFileSync(path.join(empty, 'a'), 'utf8')).toBe('1');
  expect(readdirSync(parent)).toEqual(['empty']);
});

test('a file that cannot be written leaves no half of a folder', () => {
  const parent = temporaryFolder();
  writeFileSync(path.join(parent, 'file'), '');
  expect(() => writeFolder(path.join(parent, 'out'), { a: '1', 'a/b': '2' })).toThrow(/ENOTDIR|EEXIST/);
  expect(existsSync(path.join(parent, 'out'))).toBe(false);
  expect(readdirSync(parent)).toEqual(['file']);
});
