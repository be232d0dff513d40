import { describe, expect, test } from 'vitest';

import type { StoredEvent } from '../domain/journal-event.ts';
import type { Verdict } from '../domain/verdict.ts';
import { lastProof } from './last-proof.ts';

let seq = 0;

function run(id: string, context: string, at: number, state: Verdict['state']): StoredEvent[] {
  const verdict: Verdict = { state, proven: 'verified', wanted: 'verified', sentence: '', at };
  return [
    { type: 'run-started', run: id, command: 'up', context, version: '0', seq: (seq += 1), at: at - 1 },
    { type: 'run-ended', run: id, verdict, seconds: 1, seq: (seq += 1), at },
  ];
}

describe('last proof', () => {
  test.each([
    ['nothing happened yet', [], undefined],
    ['the last run ended healthy', run('a', 'here', 100, 'healthy'), 100],
    [
      'a later run found it broken',
      [...run('a', 'here', 100, 'healthy'), ...run('b', 'here', 200, 'broken')],
      undefined,
    ],
    [
      'a later run was on another cluster',
      [...run('a', 'here', 100, 'healthy'), ...run('b', 'there', 200, 'broken')],
      100,
    ],
    ['the proof lies in the future', run('a', 'here', 5000, 'healthy'), undefined],
  ])('%s', (_name, events, expected) => {
    expect(lastProof(events, 'here', 1000)).toBe(expected);
  });
});
