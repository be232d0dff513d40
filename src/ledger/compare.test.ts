import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { compareLedger } from './compare.ts';
import type { LedgerEntry } from './entry.ts';

type Fate = 'acknowledged' | 'refused' | 'unknown' | 'cut off';

function entriesOf(fates: readonly Fate[]): LedgerEntry[] {
  return fates.flatMap((fate, index): LedgerEntry[] => {
    const at = index;
    const ref = `r${index}`;
    const intent: LedgerEntry = { kind: 'intent', ref, at };
    if (fate === 'cut off') return [intent];
    if (fate === 'acknowledged') return [intent, { kind: fate, ref, id: index + 1, at }];
    return [intent, { kind: fate, ref, why: 'x', at }];
  });
}

const fate = fc.constantFrom<Fate>('acknowledged', 'refused', 'unknown', 'cut off');
const rowOf = (index: number) => ({ id: index + 1, ref: `r${index}` });
const indexes = (fates: readonly Fate[], ...wanted: Fate[]) =>
  fates.flatMap((item, index) => (wanted.includes(item) ? [index] : []));

describe('the comparison of a ledger with the rows read back', () => {
  test('finds nothing wrong when every acknowledged order is there, whatever became of the others', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fate, fc.boolean())), (orders) => {
        const fates = orders.map(([item]) => item);
        const appeared = orders.flatMap(([item, there], index) =>
          there && (item === 'unknown' || item === 'cut off') ? [index] : [],
        );
        const rows = [...indexes(fates, 'acknowledged'), ...appeared].map(rowOf);
        const result = compareLedger(entriesOf(fates), rows);
        expect(result.lost).toEqual([]);
        expect(result.duplicated).toEqual([]);
        expect(result.refusedButThere).toEqual([]);
        expect(result.appearedUnacknowledged).toHaveLength(appeared.length);
        expect(result.acknowledged + result.unknown + result.refused).toBe(orders.length);
      }),
    );
  });

  test('names exactly the acknowledged orders whose rows are missing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fate, fc.boolean())), (orders) => {
        const fates = orders.map(([item]) => item);
        const acknowledged = indexes(fates, 'acknowledged');
        const kept = acknowledged.filter((index) => orders[index]?.[1] === true);
        const result = compareLedger(entriesOf(fates), kept.map(rowOf));
        expect(result.lost.map(({ id }) => id - 1)).toEqual(
          acknowledged.filter((index) => !kept.includes(index)),
        );
      }),
    );
  });

  test('does not depend on the order of the rows, nor on orders of others', () => {
    fc.assert(
      fc.property(fc.array(fate), fc.integer(), (fates, salt) => {
        const rows = indexes(fates, 'acknowledged', 'unknown').map(rowOf);
        const shuffled = rows.toSorted((a, b) => ((a.id * 7919 + salt) % 13) - ((b.id * 7919 + salt) % 13));
        const others = fates.map((_, index) => ({ id: 10_000 + index, ref: `other-${index}` }));
        const entries = entriesOf(fates);
        expect(compareLedger(entries, [...others, ...shuffled])).toEqual(compareLedger(entries, rows));
      }),
    );
  });

  test('an order that came back under another id is lost, and one in two rows is duplicated', () => {
    const entries = entriesOf(['acknowledged', 'acknowledged']);
    const result = compareLedger(entries, [
      { id: 9, ref: 'r0' },
      { id: 2, ref: 'r1' },
      { id: 3, ref: 'r1' },
    ]);
    expect(result.lost).toEqual([{ ref: 'r0', id: 1 }]);
    expect(result.duplicated).toEqual(['r1']);
  });

  test('the same row read twice is not a duplicate', () => {
    const rows = [rowOf(0), rowOf(0)];
    expect(compareLedger(entriesOf(['acknowledged']), rows).duplicated).toEqual([]);
  });

  test('a refused order that is there is reported', () => {
    expect(compareLedger(entriesOf(['refused']), [rowOf(0)]).refusedButThere).toEqual(['r0']);
  });
});
