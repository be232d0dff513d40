import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';

import { treeFrame, type Branch } from './tree-frame.ts';

const branches: readonly Branch[] = [
  { name: 'container engine', state: 'works', detail: '4 of 4 containers run', seconds: 0.7, leaves: [] },
  {
    name: 'poolers',
    state: 'broken',
    detail: 'PgBouncer refuses\nevery \u001B[2Jlogin for up to a minute after one that failed',
    seconds: 12.3,
    leaves: [{ state: 'waiting', text: 'nudge-pooler on Pod shop/db-pooler-1: lifts the ban at once.' }],
  },
];
const frame = (width: number) =>
  treeFrame(branches, 'waiting: a login works through each pooler', { width, tick: 1 }).map((line) =>
    stripVTControlCharacters(line),
  );

describe('the task tree', () => {
  test('has one line a layer, with its actions below it', () => {
    expect(frame(120)).toEqual([
      '✔ container engine   0.7 s  4 of 4 containers run',
      '✖ poolers           12.3 s  PgBouncer refuses every login for up to a minute after one that failed',
      '  ⠙ nudge-pooler on Pod shop/db-pooler-1: lifts the ban at once.',
      'waiting: a login works through each pooler',
    ]);
  });

  test('has no spinner that stands still in its last picture', () => {
    expect(treeFrame(branches, '', { width: 80, tick: undefined }).join('\n')).toContain('○');
  });

  test.each([10, 20, 31, 32, 39, 79])('is never wider than %i columns', (width) => {
    const lines = frame(width);
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  });
});
