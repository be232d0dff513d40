import type { LedgerEntry } from './entry.ts';

/** One order as the shop lists it. */
export interface OrderRow {
  readonly id: number;
  readonly ref: string;
}

/** What became of the orders of one ledger. Orders of others in the shop do not count. */
export interface Comparison {
  /** Orders that the shop acknowledged. */
  readonly acknowledged: number;
  /** Orders without an answer: they may be there or not, and neither is a loss. */
  readonly unknown: number;
  readonly refused: number;
  /** Acknowledged, but no row with that ref and id was read back. */
  readonly lost: readonly { readonly ref: string; readonly id: number }[];
  /** Refs that stand in more than one row. */
  readonly duplicated: readonly string[];
  /** Unknown orders that turned out to be there. */
  readonly appearedUnacknowledged: readonly string[];
  /** Refused orders that are there all the same: the shop said something false. */
  readonly refusedButThere: readonly string[];
}

/**
 * Compares what the shop acknowledged with the rows read back after a recovery. An acknowledgement stands for good:
 * if one ref got several answers, the acknowledged one counts.
 */
export function compareLedger(entries: readonly LedgerEntry[], rows: readonly OrderRow[]): Comparison {
  const idsByRef = new Map<string, Set<number>>();
  for (const row of rows) addTo(idsByRef, row.ref, row.id);
  const acknowledged = new Map<string, Set<number>>();
  for (const entry of entries) if (entry.kind === 'acknowledged') addTo(acknowledged, entry.ref, entry.id);
  const open = refs(entries, ['intent', 'unknown']);
  const refused = refs(entries, ['refused']).filter((ref) => !acknowledged.has(ref));
  const refusedSet = new Set(refused);
  const unknown = open.filter((ref) => !acknowledged.has(ref) && !refusedSet.has(ref));
  const there = (ref: string) => idsByRef.has(ref);
  return {
    acknowledged: acknowledged.size,
    unknown: unknown.length,
    refused: refused.length,
    lost: [...acknowledged].flatMap(([ref, ids]) =>
      [...ids].filter((id) => idsByRef.get(ref)?.has(id) !== true).map((id) => ({ ref, id })),
    ),
    duplicated: [...new Set(entries.map((entry) => entry.ref))].filter(
      (ref) => (idsByRef.get(ref)?.size ?? 0) > 1,
    ),
    appearedUnacknowledged: unknown.filter(there),
    refusedButThere: refused.filter(there),
  };
}

function addTo(map: Map<string, Set<number>>, ref: string, id: number): void {
  const ids = map.get(ref);
  if (ids === undefined) map.set(ref, new Set([id]));
  else ids.add(id);
}

function refs(entries: readonly LedgerEntry[], kinds: readonly LedgerEntry['kind'][]): readonly string[] {
  return [...new Set(entries.filter((entry) => kinds.includes(entry.kind)).map((entry) => entry.ref))];
}
