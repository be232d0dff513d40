import { expect, test } from 'vitest';

import type { RefusalCaseRow } from './row.ts';
import { refusalsTable } from './table.ts';

function row(change: Partial<RefusalCaseRow>): RefusalCaseRow {
  return {
    id: 'R1',
    title: 'x',
    expected: { exitCode: 1, says: 'x', writes: 0 },
    seen: { exitCode: 1, said: 'x', writes: 0 },
    ok: true,
    seconds: 1,
    commit: 'abcdef0123',
    code: 'one',
    startedAt: '2026-01-01T00:00:00.000Z',
    log: { path: 'x', sha256: '' },
    ...change,
  };
}

test('the cases stand in their own order, and one that failed is seen and counted', () => {
  const rows = [
    row({ id: 'R10' }),
    row({ id: 'R2', title: 'a | b', ok: false, seen: { exitCode: 0, said: '', writes: 3 } }),
  ];
  const lines = refusalsTable(rows).split('\n');
  expect(lines[2]).toBe(String.raw`| R2 | a \| b | 1, 0 | 0, 3 | **no** | abcdef0 |`);
  expect(lines[3]).toContain('| R10 |');
  expect(lines.at(-2)).toBe('1 of 2 cases went as expected.');
});
