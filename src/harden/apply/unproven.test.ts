import { expect, test } from 'vitest';

import type { JournalEvent, StoredEvent } from '../../domain/journal-event.ts';
import { unprovenMeasures } from './unproven.ts';

const target = { kind: 'Deployment', namespace: 'shop', name: 'web' };

function events(
  ...parts: readonly (readonly [change: 'apply' | 'undo' | 'take-back', verified?: 'yes' | 'no'])[]
) {
  const all = parts.flatMap(([change, verified], index): readonly JournalEvent[] => {
    const action = String(index);
    const intended = {
      type: 'harden-intended',
      run: 'r',
      action,
      change,
      target,
      measures: ['x'],
      patches: {},
    } as const;
    if (verified === undefined) return [intended];
    return [intended, { type: 'harden-verified', run: 'r', action, verified, detail: '' }];
  });
  return all.map((event, index) =>
    Object.assign({}, event, { seq: index, at: index }),
  ) as readonly StoredEvent[];
}

test.each([
  ['an application without a proof', events(['apply']), ['x']],
  ['one that was proven', events(['apply', 'yes']), []],
  ['one that was not proven, and nobody took it back', events(['apply', 'no']), ['x']],
  ['one that was taken back', events(['apply', 'no'], ['take-back', 'yes']), []],
  ['one that was undone', events(['apply'], ['undo', 'yes']), []],
  ['a second one without a proof', events(['apply', 'yes'], ['apply']), ['x']],
])('what is unproven: %s', (_what, journal, measures) => {
  expect([...unprovenMeasures(journal)]).toEqual(measures);
});
