import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { endpointName, resolveEngineEndpoint } from './endpoint.ts';

test('an engine has one name, by whatever path its socket is reached', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'run'));
  writeFileSync(join(folder, 'run', 'docker.sock'), '');
  symlinkSync('run', join(folder, 'var-run'));
  const name = (path: string) =>
    endpointName(resolveEngineEndpoint({ DOCKER_HOST: `unix://${folder}/${path}` }));
  expect(name('var-run/docker.sock')).toBe(join(folder, 'run', 'docker.sock'));
  expect(name('run/../var-run/docker.sock')).toBe(name('run/docker.sock'));
  expect(name('run/other.sock')).toBe(join(folder, 'run', 'other.sock'));
});

test('an engine behind a port has one name', () => {
  for (const url of ['tcp://localhost:2375', 'tcp://127.0.0.1:2375/'])
    expect(endpointName(resolveEngineEndpoint({ DOCKER_HOST: url }))).toBe('tcp://127.0.0.1:2375');
});
