import { expect, test } from 'vitest';

import { memoryJournal } from '../../test/fakes/memory-journal.ts';
import { measurementsOf } from './measurements.ts';

test('the longest start of each component counts, and how often a fault was seen', () => {
  const journal = memoryJournal();
  const starts = [
    { 'Deployment/web': 12, 'StatefulSet/db': 3 },
    { 'Deployment/web': 240 },
    { 'Deployment/web': 9 },
  ];
  for (const [at, seconds] of starts.entries())
    journal.append({ type: 'starts-measured', run: 'r', seconds }, at);
  const finding = {
    fault: 'crash-loop-tail',
    layer: 'app',
    object: { kind: 'Pod', name: 'web-1' },
    claim: '',
    kind: 'broken',
    evidence: [],
    causedBy: [],
  } as const;
  for (const at of [7, 8]) journal.append({ type: 'finding-opened', run: 'r', finding }, at);
  const { starts: longest, faults } = measurementsOf(journal.events());
  expect(Object.fromEntries(longest)).toEqual({
    'Deployment/web': { longestSeconds: 240, count: 3, longestAt: 1 },
    'StatefulSet/db': { longestSeconds: 3, count: 1, longestAt: 0 },
  });
  expect(Object.fromEntries(faults)).toEqual({ 'crash-loop-tail': { count: 2, lastAt: 8 } });
});
