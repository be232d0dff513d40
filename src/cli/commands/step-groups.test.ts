import { expect, test } from 'vitest';

import { namesLike, stepListText } from './step-groups.ts';

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

test('the list of steps begins with what people did by hand, each name once', () => {
  const lines = stepListText(['start-cluster', 'start-node']).split('\n');
  expect(lines[1]).toBe('  start-cluster            start-cluster, start-node, start-load-balancer');
  expect(lines[3]).toContain('changes nothing');
  expect(lines.slice(7)).toEqual([
    expect.stringContaining('Each step alone'),
    '  start-node',
    expect.stringContaining('rekindle step run'),
  ]);
});
