import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import { writeAgentState } from '../record/agent-state-file.ts';
import { agentOf, lastProven } from './journal-look.ts';

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

test('what an agent has said before a loss of power is nothing that the one of now says', () => {
  const folder = temporaryFolder();
  const said = { state: 'usable', sentence: '', since: 0, version: '1', context: 'k3d-shop' } as const;
  writeAgentState(join(folder, 'agent-shop.json'), { ...said, pid: 7, at: 10 });
  writeAgentState(join(folder, 'agent-other.json'), { ...said, pid: 8, at: 20 });
  expect(agentOf(folder, 7)?.at).toBe(10);
  expect(agentOf(folder, 9)).toBeUndefined();
  expect(agentOf(folder, 0)?.at).toBe(20);
});
