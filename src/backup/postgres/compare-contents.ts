import type { TableDigest } from '../manifest.ts';
import type { Contents } from './contents.ts';

/** What was put on record when the backup was made, as far as a restored copy must have it. */
export interface Expected {
  readonly tables: readonly TableDigest[];
  readonly sequences: Readonly<Record<string, readonly [string, string]>>;
  readonly largeObjects: Contents['largeObjects'];
  readonly extensions: Contents['extensions'];
  readonly schemaSha256: string;
}

/** What a restored copy has. */
export type Restored = Contents & { readonly schemaSha256: string };

/** Whether a sequence's value lies where it must: it may have moved while the dump was made. */
function isBetween(value: string | undefined, [before, after]: readonly [string, string]): boolean {
  if (value === undefined) return false;
  if (value === before || value === after) return true;
  if ([value, before, after].includes('unused')) return before === 'unused' && after !== 'unused';
  const [low, high] = BigInt(before) < BigInt(after) ? [before, after] : [after, before];
  return BigInt(low) <= BigInt(value) && BigInt(value) <= BigInt(high);
}

function tableDifferences(expected: Expected['tables'], restored: Restored['tables']): readonly string[] {
  const found = new Map(restored.map((entry) => [entry.table, entry]));
  const names = new Set(expected.map(({ table }) => table));
  return [
    ...expected.flatMap(({ table, rows, digest }) => {
      const copy = found.get(table);
      if (copy === undefined) return [`table ${table} is missing`];
      if (copy.rows !== rows) return [`table ${table} has ${copy.rows} rows instead of ${rows}`];
      return copy.digest === digest ? [] : [`table ${table} has other rows than it had (same number)`];
    }),
    ...restored.flatMap(({ table }) => (names.has(table) ? [] : [`table ${table} was not there`])),
  ];
}

/** Everything in which a restored copy is not what was backed up, a sentence each; none: it is the same. Pure. */
export function differences(expected: Expected, restored: Restored): readonly string[] {
  const { largeObjects } = restored;
  return [
    ...tableDifferences(expected.tables, restored.tables),
    ...Object.entries(expected.sequences).flatMap(([name, values]) =>
      isBetween(restored.sequences[name], values)
        ? []
        : [
            `sequence ${name} is at ${restored.sequences[name] ?? 'nothing'} instead of ${values.join(' to ')}`,
          ],
    ),
    ...(largeObjects.count === expected.largeObjects.count &&
    largeObjects.digest === expected.largeObjects.digest
      ? []
      : [
          `there are ${largeObjects.count} large objects instead of ${expected.largeObjects.count}, or other ones`,
        ]),
    ...Object.keys(expected.extensions).flatMap((name) =>
      restored.extensions[name] === undefined ? [`extension ${name} is missing`] : [],
    ),
    ...(restored.schemaSha256 === expected.schemaSha256 ? [] : ['its definitions are not the same']),
  ];
}
