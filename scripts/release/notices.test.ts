import { expect, test } from 'vitest';

import { packageFolder } from './notices.ts';

test.each([
  ['src/cli/main.ts', undefined],
  ['node_modules/pg/lib/index.js', 'node_modules/pg'],
  ['node_modules/@kubernetes/client-node/dist/a.js', 'node_modules/@kubernetes/client-node'],
  ['node_modules/a/node_modules/@b/c/d/e.js', 'node_modules/a/node_modules/@b/c'],
])('%s belongs to %s', (input, expected) => {
  expect(packageFolder(input)).toBe(expected);
});
