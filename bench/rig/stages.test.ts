import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { stages } from './stages.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a long stage says how far it is; the next one ends it', () => {
  const lines: string[] = [];
  const { tell, done } = stages((line) => lines.push(line.trim()), Date.now);
  tell('first', 20);
  vi.advanceTimersByTime(11_000);
  tell('second');
  vi.advanceTimersByTime(60_000);
  tell('third', 5);
  done();
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([
    '0.0 s  first',
    '2.0 s    ... 2 s of about 20 s',
    '10.0 s    ... 10 s of about 20 s',
    '11.0 s  second',
    '71.0 s  third',
  ]);
});
