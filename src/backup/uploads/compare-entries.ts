import type { UploadedEntry } from '../manifest.ts';

/** What a person needs not read more of. */
const most = 20;

function difference(expected: UploadedEntry, found: UploadedEntry | undefined): string | undefined {
  const { path } = expected;
  if (found === undefined) return `${path} is missing`;
  if (found.type !== expected.type) return `${path} is a ${found.type} and was a ${expected.type}`;
  if (found.sha256 !== expected.sha256) return `${path} has other contents`;
  if (found.link !== expected.link) return `${path} leads somewhere else`;
  return found.mode === expected.mode ? undefined : `${path} has other rights`;
}

/** In what files are not those of the record, a sentence each, the first ones only; none: they are. Pure. */
export function entryDifferences(
  expected: readonly UploadedEntry[],
  found: readonly UploadedEntry[],
): readonly string[] {
  const byPath = new Map(found.map((entry) => [entry.path, entry]));
  const known = new Set(expected.map(({ path }) => path));
  const all = [
    ...expected.flatMap((entry) => difference(entry, byPath.get(entry.path)) ?? []),
    ...found.flatMap(({ path }) => (known.has(path) ? [] : [`${path} was not there`])),
  ];
  return all.length > most ? [...all.slice(0, most), `and ${all.length - most} more`] : all;
}
