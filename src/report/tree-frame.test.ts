import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';

import { hostileText } from '../../test/fakes/hostile-text.ts';
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
const note = 'waiting: a login works through each pooler';
const colors = pc.createColors(true);
const frame = (width: number, drawn = branches) =>
  treeFrame(drawn, note, { width, tick: 1, colors }).map((line) => stripVTControlCharacters(line));

describe('the task tree', () => {
  test('has one line a layer, with its actions below it', () => {
    expect(frame(120)).toEqual([
      '✔ container engine   0.7 s  4 of 4 containers run',
      '✖ poolers           12.3 s  PgBouncer refuses every login for up to a minute after one that failed',
      '  ⠙ nudge-pooler on Pod shop/db-pooler-1: lifts the ban at once.',
      'waiting: a login works through each pooler',
    ]);
  });

  test('in 20 columns names its layers and breaks no time in two', () => {
    expect(frame(19)).toEqual([
      '✔ container engine',
      '✖ poolers 12.3 s',
      '  ⠙ nudge-pooler o…',
      'waiting: a login w…',
    ]);
  });

  test('has no spinner that stands still in its last picture', () => {
    expect(treeFrame(branches, '', { width: 80, tick: undefined, colors }).join('\n')).toContain('○');
  });

  test('is never wider than the terminal and never obeyed by it, whatever a cluster says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), hostileText, (width, text) => {
        const leaf = { state: 'broken', text } as const;
        const drawn = branches.map(({ name, state, seconds }): Branch => {
          return { name, state, seconds, detail: text, leaves: [leaf] };
        });
        const lines = frame(width, drawn);
        expect(lines).toHaveLength(5);
        for (const line of lines) {
          expect(line).not.toMatch(/\p{C}/u);
          expect(Array.from(line).length).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  test('counts two columns for a character that takes two', () => {
    const [line = ''] = frame(40, [
      { name: 'web', state: 'broken', detail: '宝石'.repeat(9), seconds: 1, leaves: [] },
    ]);
    expect(line).toBe('✖ web                1.0 s  宝石宝石宝…');
  });
});
