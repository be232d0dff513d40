import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { nextRun, type Wanted } from './agenda.ts';
import { blockOf, withBlock } from './readme-block.ts';
import { runFile, runFileSchema, type RunRow } from './run-row.ts';
import { citable, resultsTable } from './table.ts';

function row(change: Partial<RunRow> = {}): RunRow {
  return {
    id: `plain-cut-${change.startedAt ?? 'x'}`,
    tool: 'rekindle 0.1.0',
    fault: 'plain-cut',
    arm: 'rekindle',
    seconds: 20,
    clock: 'engine-start',
    verified: true,
    proof: 'seen',
    acknowledged: 500,
    unknown: 2,
    lost: 0,
    duplicated: 0,
    failuresAfter: 0,
    actions: [],
    refusals: [],
    exitCode: 0,
    cut: 'power-loss',
    commit: 'abcdef0123',
    code: 'one',
    dirty: false,
    machine: { cpus: 2, memory: 1, kernel: '6', backend: 'source' },
    load: [0, 0, 0],
    startedAt: '2026-01-01T00:00:00.000Z',
    seed: 1,
    log: { path: 'results/logs/x', sha256: '' },
    ...change,
  };
}

describe('rows that may be cited', () => {
  test('are clean and of the code that ran last', () => {
    const old = row();
    const recent = row({ code: 'two', startedAt: '2026-01-02T00:00:00.000Z' });
    const dirty = row({ code: 'three', dirty: true, startedAt: '2026-01-03T00:00:00.000Z' });
    expect([...citable([old, recent, dirty]).values()]).toEqual([[recent]]);
  });
  test('are counted for each who helped apart', () => {
    const helped = row();
    const alone = row({ arm: 'nobody', code: 'two', startedAt: '2026-01-02T00:00:00.000Z' });
    expect([...citable([helped, alone]).values()]).toEqual([[alone, helped]]);
    expect(resultsTable([helped, alone])).not.toContain('ratio');
  });
});

describe('the table', () => {
  test('counts a run without recovery as the limit and not as recovered', () => {
    const text = resultsTable([row({ seconds: 10 }), row({ seconds: null, verified: false })]);
    expect(text).toContain('| 1/2 (9–91 %) | 125.0 | 240.0 | 240.0 | 0 / 1000 | 0 | abcdef0 |');
  });
  test('compares with doing nothing once both arms have run', () => {
    const rows = [row({ seconds: 20 }), row({ arm: 'nobody', tool: 'nobody', seconds: 40 })];
    expect(resultsTable(rows)).toContain('ratio of the medians 0.50');
    expect(resultsTable(rows.slice(0, 1))).not.toContain('ratio');
  });
  test('says so when there is nothing to cite', () => {
    expect(resultsTable([row({ dirty: true })])).toBe('No runs are recorded yet.\n');
  });
});

describe('the next run', () => {
  const agenda: readonly Wanted[] = [
    {
      fault: 'plain-cut',
      arms: [
        { arm: 'nobody', n: 2 },
        { arm: 'rekindle', n: 2 },
      ],
    },
  ];
  const state = { code: 'one', dirty: false };
  test('lets the arms take turns with the same seeds, then ends', () => {
    const rows: RunRow[] = [];
    const order: string[] = [];
    for (let next = nextRun(rows, agenda, state); next !== undefined; next = nextRun(rows, agenda, state)) {
      order.push(`${next.arm} ${next.seed}`);
      rows.push(row({ arm: next.arm }));
    }
    expect(order).toEqual(['nobody 1', 'rekindle 1', 'nobody 2', 'rekindle 2']);
  });
  test('goes on with the arm that still owes runs', () => {
    const more = [
      { fault: 'plain-cut', arms: [{ arm: 'rekindle', n: 2 } as const, { arm: 'nobody', n: 1 } as const] },
    ];
    const rows = [row(), row({ arm: 'nobody' })];
    expect(nextRun(rows, more, state)).toMatchObject({ arm: 'rekindle', seed: 2 });
    expect(nextRun([...rows, row()], more, state)).toBeUndefined();
  });
  test('does not count runs of other code', () => {
    expect(nextRun([row({ code: 'two' })], agenda, state)).toMatchObject({ seed: 1 });
  });
});

describe('the block in the README', () => {
  const text = 'a\n<!-- results:power-cut -->\nold\n<!-- /results:power-cut -->\nb\n';
  test('is replaced and nothing else', () => {
    const changed = withBlock(text, 'power-cut', '| new |\n');
    expect(blockOf(changed, 'power-cut')).toBe('| new |');
    expect(changed.startsWith('a\n')).toBe(true);
    expect(changed.endsWith('\nb\n')).toBe(true);
  });
  test('without markers it is an error', () => expect(() => blockOf('a', 'refusals')).toThrow('lacks'));
});

test('the committed schema is the one of the rows', async () => {
  const file = path.join(import.meta.dirname, '..', 'results', 'power-cut.schema.json');
  expect(await readFile(file, 'utf8')).toBe(runFileSchema());
});

test('a row with a field that nobody declared is refused', () => {
  const file = {
    schema: 'rekindle.dev/v1alpha1/power-cut-runs',
    runs: [{ ...row(), extra: 1 }],
    aborted: [],
  };
  expect(runFile.safeParse(file).success).toBe(false);
});
