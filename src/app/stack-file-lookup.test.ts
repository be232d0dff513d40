import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { findContextStackFile, findStackFile, StackFileUnreadable } from './stack-file-lookup.ts';

function written(path: string, name: string): string {
  writeFileSync(path, `apiVersion: rekindle.dev/v1alpha1\nkind: Stack\nmetadata: { name: ${name} }\n`);
  return path;
}

test('a named stack file must be there', () => {
  const folder = temporaryFolder();
  expect(findStackFile(written(join(folder, 'a.yaml'), 'a'))?.file.metadata.name).toBe('a');
  expect(() => findStackFile(join(folder, 'b.yaml'))).toThrow(StackFileUnreadable);
  expect(() => findStackFile(folder)).toThrow(/EISDIR.*rekindle init/);
});

test('a context may have a stack file in the configuration folder', () => {
  const home = temporaryFolder();
  mkdirSync(join(home, '.config', 'rekindle'), { recursive: true });
  const path = written(join(home, '.config', 'rekindle', 'k3d-shop.yaml'), 'of-home');
  expect(findContextStackFile('k3d-shop', { HOME: home })).toMatchObject({ path });
  expect(findContextStackFile('k3d-other', { HOME: home })).toBeUndefined();

  const config = temporaryFolder();
  mkdirSync(join(config, 'rekindle'));
  written(join(config, 'rekindle', 'a%2Fb.yaml'), 'of-xdg');
  const environment = { HOME: home, XDG_CONFIG_HOME: config };
  expect(findContextStackFile('a/b', environment)?.file.metadata.name).toBe('of-xdg');
  expect(findContextStackFile('k3d-shop', environment)).toBeUndefined();
});
