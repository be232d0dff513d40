import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { writeNew } from './init.ts';

test('the folder of the usual stack files is made when it is not there yet', () => {
  const file = path.join(temporaryFolder(), 'config', 'rekindle', 'k3d-shop.yaml');
  writeNew(file, 'kind: Stack\n');
  expect(readFileSync(file, 'utf8')).toBe('kind: Stack\n');
});

test('a file that is there is not written over', () => {
  const file = path.join(temporaryFolder(), 'rekindle.yaml');
  writeNew(file, 'mine');
  expect(() => writeNew(file, 'other')).toThrow(/EEXIST.*--stack/);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});
