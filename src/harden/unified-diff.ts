/** Lines around a change that are shown with it. */
const around = 3;

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** How long a common part of the two begins at each pair of lines (longest common subsequence). */
function commonLengths(before: readonly string[], after: readonly string[]): readonly number[][] {
  const table = Array.from({ length: before.length + 1 }, () => Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const [row, next] = [table[i] ?? [], table[i + 1] ?? []];
      row[j] = before[i] === after[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  const table = commonLengths(before, after);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  // Both texts to the end, the old line first where either order would do.
  const takesOld = () =>
    j >= after.length || (i < before.length && (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0));
  while (i < before.length || j < after.length) {
    const [old = '', fresh = ''] = [before[i], after[j]];
    const isCommon = i < before.length && j < after.length && old === fresh;
    if (isCommon) lines.push({ mark: ' ', text: old });
    else lines.push(takesOld() ? { mark: '-', text: old } : { mark: '+', text: fresh });
    const { mark } = lines.at(-1) ?? { mark: ' ' };
    if (mark !== '+') i += 1;
    if (mark !== '-') j += 1;
  }
  return lines;
}

/** Where the changes are, with the lines around them: `[from, to)` each, those that touch as one. */
function hunks(lines: readonly Line[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [index, { mark }] of lines.entries()) {
    if (mark === ' ') continue;
    const from = Math.max(0, index - around);
    const to = Math.min(lines.length, index + around + 1);
    const last = found.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else found.push([from, to]);
  }
  return found;
}

const count = (lines: readonly Line[], other: Line['mark']) =>
  lines.filter(({ mark }) => mark === ' ' || mark === other).length;

/** `start,length` of one side of a hunk; a side without lines starts at the line before it (GNU diff, Unified format). */
function range(before: readonly Line[], inside: readonly Line[], side: '-' | '+'): string {
  const length = count(inside, side);
  return `${count(before, side) + (length === 0 ? 0 : 1)},${length}`;
}

const linesOf = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** The difference of two texts in the unified format; empty when there is none. */
export function unifiedDiff(
  before: string,
  after: string,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  const lines = compare(linesOf(before), linesOf(after));
  const parts = hunks(lines).map(([start, end]) => {
    const [earlier, inside] = [lines.slice(0, start), lines.slice(start, end)];
    const head = `@@ -${range(earlier, inside, '-')} +${range(earlier, inside, '+')} @@`;
    return [head, ...inside.map(({ mark, text }) => `${mark}${text}`)].join('\n');
  });
  return parts.length === 0 ? '' : [`--- ${from}`, `+++ ${to}`, ...parts, ''].join('\n');
}
