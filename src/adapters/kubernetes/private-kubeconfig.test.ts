import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { keepPrivately } from './private-kubeconfig.ts';

test('a rebuilt kubeconfig is for its owner only, and replaces an older one whole', () => {
  const environment = { XDG_STATE_HOME: temporaryFolder() };
  const file = keepPrivately('a/b', 'old', environment);
  expect(keepPrivately('a/b', 'new', environment)).toBe(file);
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(file).toMatch(/kubeconfig-a%2Fb$/);
});
