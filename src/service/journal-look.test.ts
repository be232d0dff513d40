import { expect, test } from 'vitest';

import type { StoredEvent } from '../domain/journal-event.ts';
import { lastProven } from './journal-look.ts';

const verdict = { state: 'healthy', proven: 'verified', wanted: 'verified', sentence: '', at: 0 } as const;
const ended = (at: number, state: 'healthy' | 'broken'): StoredEvent => ({
  type: 'run-ended',
  run: 'a',
  seconds: 1,
  verdict: { ...verdict, state },
  seq: at,
  at,
});
const write = (at: number): StoredEvent => ({
  type: 'write-verified',
  run: 'a',
  id: 'x',
  count: 1,
  seq: at,
  at,
});

test.for([
  ['nothing', [], undefined],
  ['a run that ended well', [ended(10, 'healthy')], 10],
  ['a run that did not', [ended(10, 'healthy'), ended(20, 'broken')], 10],
  ['a write of the idle agent', [ended(10, 'healthy'), write(30)], 30],
  ['a clock that was set back', [ended(10, 'healthy'), write(1000)], 10],
] as const)('the last proof after %s', ([, events, at]) => {
  expect(lastProven(events, 100)).toBe(at);
});
