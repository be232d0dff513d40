import { expect, test } from 'vitest';

import { namesLike } from './step-groups.ts';

const names = [
  'start-cluster',
  'sync-pooler-credentials',
  'restart-pooler',
  'clean-up-pods',
  'start-cluster',
];

test.each([
  ['sync', ['sync-pooler-credentials']],
  ['sync-pooler-credential', ['sync-pooler-credentials']],
  ['pooler', ['sync-pooler-credentials', 'restart-pooler']],
  ['restart_pooler', ['restart-pooler']],
  ['cluster', ['start-cluster']],
  ['reboot', []],
  ['up', []],
  ['', []],
])('%j is like %j', (given, like) => {
  expect(namesLike(given, names)).toEqual(like);
});
