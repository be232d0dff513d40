import { describe, expect, test } from 'vitest';

import type { Finding } from '../domain/finding.ts';
import type { JournalEvent, StoredEvent } from '../domain/journal-event.ts';
import type { Verdict } from '../domain/verdict.ts';
import { Recoveries, type Recovery } from './recoveries.ts';

const run = 'r1';

function finding(kind: Finding['kind'], fault = 'primary-missing'): JournalEvent {
  const object = { kind: 'Cluster', name: 'db' };
  const found = { fault, layer: 'database', object, claim: '', kind, evidence: [], causedBy: [] } as const;
  return { type: 'finding-opened', run, finding: found };
}

const closed = { type: 'finding-closed', run, fault: 'primary-missing', object: 'Cluster db' } as const;
const write = (count: number): JournalEvent => ({ type: 'write-verified', run, id: 'w', count });
const acted: JournalEvent = { type: 'step-verified', run, action: 'a', verified: 'yes', detail: '' };
const started: JournalEvent = {
  type: 'run-started',
  run,
  command: 'watch',
  context: 'k3d-shop',
  version: '1',
};

function ended(state: Verdict['state'], seconds: number): JournalEvent {
  const verdict = { state, proven: 'verified', wanted: 'verified', sentence: '', at: 0 } as const;
  return { type: 'run-ended', run, verdict, seconds };
}

/** What comes of events that come at these seconds. */
function recoveries(events: readonly (readonly [number, JournalEvent])[]): readonly Recovery[] {
  const fold = new Recoveries();
  return events.flatMap(([second, event], index) => {
    // The journal's own times are of a clock that may be set: they play no part.
    const stored: StoredEvent = { ...event, seq: index + 1, at: 5_000_000 - second };
    return fold.stored(stored, 100_000 + second * 1000) ?? [];
  });
}

describe('a recovery', () => {
  test('ends with the second write, not with the stability window after it', () => {
    const events = [
      [0, started],
      [0.1, finding('broken')],
      [20, closed],
      [29, write(1)],
      [30, write(2)],
      [46, write(1)],
      [47, write(2)],
      [47, ended('healthy', 47)],
    ] as const;
    expect(recoveries(events)).toEqual([{ outcome: 'healthy', seconds: 30 }]);
  });

  test.each<[string, JournalEvent]>([
    ['an action', acted],
    ['something else that is wrong', finding('settling', 'dns-silent')],
  ])('begins to be proven anew after %s', (_name, event) => {
    const closing: JournalEvent = { ...closed, fault: 'dns-silent' };
    const events = [
      [0, started],
      [0, finding('broken')],
      [1, closed],
      [5, write(1)],
      [6, write(2)],
      [7, event],
      [8, closing],
      [9, write(1)],
      [10, write(2)],
      [10, ended('healthy', 10)],
    ] as const;
    expect(recoveries(events)).toEqual([{ outcome: 'healthy', seconds: 10 }]);
  });

  test('is not proven by writes while something is still wrong', () => {
    const events = [
      [0, started],
      [0, finding('settling')],
      [5, write(1)],
      [6, write(2)],
      [9, closed],
      [10, write(1)],
      [11, write(2)],
      [11, ended('healthy', 11)],
    ] as const;
    expect(recoveries(events)).toEqual([{ outcome: 'healthy', seconds: 11 }]);
  });

  test.each<[Verdict['state']]>([['broken'], ['settling'], ['unknown']])(
    'that ends %s took until its end',
    (state) => {
      const events = [
        [0, started],
        [1, finding('broken')],
        [2, write(2)],
        [300, ended(state, 300)],
      ] as const;
      expect(recoveries(events)).toEqual([{ outcome: state, seconds: 300 }]);
    },
  );

  test('without a declared write took until its end', () => {
    const events = [
      [0, started],
      [0, finding('unknown')],
      [9, closed],
      [12, ended('healthy', 12)],
    ] as const;
    expect(recoveries(events)).toEqual([{ outcome: 'healthy', seconds: 12 }]);
  });

  test('is none when nothing was wrong and nothing was done', () => {
    const events = [
      [0, started],
      [0, finding('notice')],
      [1, write(1)],
      [2, write(2)],
      [2, ended('healthy', 2)],
    ] as const;
    expect(recoveries(events)).toEqual([]);
  });

  test('is of its own run only', () => {
    const other = { ...finding('broken'), run: 'r2' } as JournalEvent;
    expect(
      recoveries([
        [0, started],
        [1, other],
        [2, ended('healthy', 2)],
      ]),
    ).toEqual([]);
    expect(
      recoveries([
        [1, finding('broken')],
        [2, ended('healthy', 2)],
      ]),
    ).toEqual([]);
  });
});
