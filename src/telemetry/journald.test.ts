import { describe, expect, test } from 'vitest';

import type { JournalEvent, StoredEvent } from '../domain/journal-event.ts';
import type { Refusal } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';
import { eventEntry, type JournalEntry } from './journal-entry.ts';
import type { JournalSink } from './journal-sinks.ts';
import { JournaldLog } from './journald.ts';

const stored = (event: JournalEvent): StoredEvent => ({ ...event, seq: 1, at: 0 });
const target = { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1' };

/** A journal that takes entries when it is told to. */
class SlowJournal implements JournalSink {
  readonly name = 'everything';
  readonly taken: JournalEntry[] = [];
  #take: (() => void) | undefined;
  isOpen = false;

  readonly write = async (entry: JournalEntry): Promise<void> => {
    if (!this.isOpen) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#take = resolve;
      await promise;
    }
    this.taken.push(entry);
  };

  open(): void {
    this.isOpen = true;
    this.#take?.();
  }
}

describe('a journal that does not take what it is given', () => {
  test('holds up nobody, and is told what is missing', async () => {
    const journal = new SlowJournal();
    const log = new JournaldLog([journal]);
    for (let count = 0; count < 600; count += 1) log.said(`line ${count}`);
    await log.close(10);
    expect(journal.taken).toEqual([]);
    journal.open();
    await log.close();
    const messages = journal.taken.map(({ message }) => message);
    // One was under way, and 500 waited.
    expect(messages.slice(0, 2)).toEqual(['the journal gets everything', 'line 0']);
    expect(messages.slice(-2)).toEqual([
      'line 500',
      '99 entries are missing here: the journal did not take them in time',
    ]);
    log.said('later');
    await log.close();
    expect(journal.taken.at(-1)?.message).toBe('later');
  });

  test('and has no other way to be told is no reason to end', async () => {
    const journal: JournalSink = { name: 'nothing', write: () => Promise.reject(new Error('gone')) };
    const log = new JournaldLog([journal]);
    log.said('a line');
    await expect(log.close()).resolves.toBeUndefined();
  });
});

test('the next way is taken when one fails, with the entry that it failed on', async () => {
  const journal = new SlowJournal();
  journal.open();
  const broken: JournalSink = { name: 'more', write: () => Promise.reject(new Error('no such socket')) };
  const log = new JournaldLog([broken, journal]);
  log.said('a line');
  await log.close();
  expect(journal.taken.map(({ message, priority }) => [message, priority])).toEqual([
    ['the journal gets everything: no such socket', 4],
    ['a line', 6],
  ]);
});

const refusal = (kind: Refusal['kind']): JournalEvent => ({
  type: 'step-refused',
  run: 'r',
  refusal: { guard: 'budget-spent', step: 'nudge-pooler', target, reason: '', advice: '', kind },
});
const ended = (state: Verdict['state']): JournalEvent => ({
  type: 'run-ended',
  run: 'r',
  verdict: { state, proven: 'none', wanted: 'verified', sentence: '', at: 0 },
  seconds: 1,
});
const verified = (answer: 'yes' | 'no'): JournalEvent => ({
  type: 'step-verified',
  run: 'r',
  action: 'a',
  verified: answer,
  detail: '',
});

test.each<[string, JournalEvent, number | undefined]>([
  ['a person is needed', refusal('human'), 4],
  ['it is refused for a while', refusal('wait'), 5],
  ['a run ended well', ended('healthy'), 5],
  ['a run ended badly', ended('broken'), 3],
  ['a run could not tell', ended('unknown'), 4],
  ['a step is proven', verified('yes'), 6],
  ['a step is not proven', verified('no'), 4],
  ['a step failed', { type: 'step-acted', run: 'r', action: 'a', acted: 'failed', detail: 'x' }, 3],
  ['a write was read back', { type: 'write-verified', run: 'r', id: 'w', count: 1 }, 7],
  ['a start was measured', { type: 'starts-measured', run: 'r', seconds: {} }, undefined],
  ['the stack was discovered', { type: 'stack-discovered', run: 'r', context: 'c', stack: {} }, undefined],
])('%s is told with its priority', (_name, event, priority) => {
  expect(eventEntry(stored(event), () => undefined)?.priority).toBe(priority);
});

test('what pods wrote can neither begin another field nor go on without end', () => {
  const claim = `a\n\u001b[2JMESSAGE=b\u2028${'long '.repeat(10_000)}`;
  const finding = {
    fault: 'dns-silent',
    layer: 'dns',
    claim,
    kind: 'broken',
    evidence: [],
    causedBy: [],
  } as const;
  const object = { kind: 'Pod\nPRIORITY=0', name: 'n'.repeat(3000) };
  const event: JournalEvent = { type: 'finding-opened', run: 'r', finding: { ...finding, object } };
  const entry = eventEntry(stored(event), () => undefined);
  for (const text of [entry?.message ?? '', ...Object.values(entry?.fields ?? {})]) {
    expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(text.length).toBeLessThanOrEqual(2000);
  }
});
