import { bootstrapRatio, median, quantile, wilson } from './statistics.ts';

/** What every row says of the code that was measured. */
export interface Measured {
  readonly commit: string;
  readonly code: string;
  readonly dirty: boolean;
  readonly startedAt: string;
}

/** Rows that may be cited: of clean checkouts, and of the code that ran last. */
export function citable<Row extends Measured>(rows: readonly Row[]): readonly Row[] {
  const clean = rows.filter(({ dirty }) => !dirty);
  const newest = clean.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
  return clean.filter(({ code }) => code === newest?.code);
}

/** Rows by what they have in common, in the order in which each first appears. */
export function groups<Row>(
  rows: readonly Row[],
  by: (row: Row) => string,
): readonly (readonly [string, Row[]])[] {
  return [...Map.groupBy(rows, by)];
}

/** Of no values: 0. */
export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
/** 10^6 bytes. */
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Lowest and highest; one when they read alike. */
export function range(values: readonly number[], text: (value: number) => string = String): string {
  const [low, high] = [text(Math.min(...values)), text(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

/** Times of those that came back; the number of those that did not is in the rate beside it. */
export function times(seconds: readonly (number | null)[]): string {
  const known = seconds.filter((value) => value !== null);
  if (known.length === 0) return 'never back';
  const [p50, p95, max] = [quantile(known, 0.5), quantile(known, 0.95), Math.max(...known)];
  return `p50 ${p50.toFixed(1)} s, p95 ${p95.toFixed(1)} s, max ${max.toFixed(1)} s`;
}

/** How many of all, with the 95 % interval of Wilson. */
export function rate(good: number, all: number): string {
  const { low, high } = wilson(good, all);
  return `${good}/${all} (${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)} %)`;
}

/** How the medians of two samples compare, with the 95 % interval and both n. Throws when one is empty. */
export function ratioOfMedians(numerator: readonly number[], denominator: readonly number[]): string {
  const { low, high } = bootstrapRatio(numerator, denominator, median);
  const ratio = median(numerator) / median(denominator);
  return (
    `${ratio.toFixed(2)} (95 % bootstrap interval ${low.toFixed(2)} to ${high.toFixed(2)}, ` +
    `n = ${numerator.length} and ${denominator.length})`
  );
}

/** A line of a table, without the commits that it was measured on. */
export type Line = readonly [what: string, n: string, seen: string];

/** The line of the table in Markdown, with the commits of its rows. */
export function withCommits(rows: readonly Measured[], line: Line): string {
  const commits = [...new Set(rows.map(({ commit }) => commit.slice(0, 7)))].join(' ');
  return `| ${[...line, commits].join(' | ')} |`;
}

/** The lines as a table; a sentence when there is none. */
export function tableOf(lines: readonly string[]): string {
  if (lines.length === 0) return 'No runs are recorded yet.\n';
  return `${['| what | n | seen | commit |', '| --- | --- | --- | --- |', ...lines].join('\n')}\n`;
}
