import { usualLimitSeconds } from './agenda.ts';
import type { RunRow } from './run-row.ts';
import { ratioOfMedians } from './measured-rows.ts';
import { median, quantile, wilson } from './statistics.ts';

const p90 = (values: readonly number[]) => quantile(values, 0.9);

/** A run that did not recover in time counts as long as its limit, seconds: a lower bound. */
function secondsOf(rows: readonly RunRow[]): readonly number[] {
  return rows.map(({ seconds, limitSeconds = usualLimitSeconds }) => seconds ?? limitSeconds);
}

/**
 * Rows that may be cited: from clean checkouts, and for each fault and whoever helped only those of the code that ran last,
 * so that one line never mixes codes.
 */
export function citable(runs: readonly RunRow[]): ReadonlyMap<string, readonly RunRow[]> {
  const clean = runs.filter((row) => !row.dirty);
  const faults = [...new Set(clean.map((row) => row.fault))];
  return new Map(
    faults.map((fault) => {
      const rows = clean.filter((row) => row.fault === fault);
      return [fault, arms.flatMap((arm) => ofLastCode(rows.filter((row) => row.arm === arm)))];
    }),
  );
}

const arms = ['nobody', 'rekindle'] as const;

function ofLastCode(rows: readonly RunRow[]): readonly RunRow[] {
  const newest = rows.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
  return rows.filter((row) => row.code === newest?.code);
}

/** The table of the README, in Markdown, made from nothing but the rows. */
export function resultsTable(runs: readonly RunRow[]): string {
  const groups = citable(runs);
  if (groups.size === 0) return 'No runs are recorded yet.\n';
  const head = [
    '| fault | who helped | recovered (95 %) | p50 s | p95 s | max s | lost / acknowledged | duplicated | commit |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const lines = [...groups].flatMap(([fault, rows]) =>
    arms.flatMap((arm) => {
      const ofArm = rows.filter((row) => row.arm === arm);
      return ofArm.length === 0 ? [] : [tableLine(fault, arm, ofArm)];
    }),
  );
  const gain = gainLine(groups.get('plain-cut') ?? []);
  return `${[...head, ...lines].join('\n')}\n${gain === '' ? '' : `\n${gain}\n`}`;
}

function tableLine(fault: string, arm: string, rows: readonly RunRow[]): string {
  const seconds = secondsOf(rows);
  const verified = rows.filter((row) => row.verified).length;
  const { low, high } = wilson(verified, rows.length);
  const commits = [...new Set(rows.map((row) => row.commit.slice(0, 7)))].join(' ');
  const cells = [
    fault,
    arm,
    `${verified}/${rows.length} (${percent(low)}–${percent(high)} %)`,
    ...[median(seconds), quantile(seconds, 0.95), Math.max(...seconds)].map((value) => value.toFixed(1)),
    `${sum(rows, 'lost')} / ${sum(rows, 'acknowledged')}`,
    String(sum(rows, 'duplicated')),
    commits,
  ];
  return `| ${cells.join(' | ')} |`;
}

function percent(rate: number): string {
  return (rate * 100).toFixed(0);
}

function sum(rows: readonly RunRow[], key: 'lost' | 'acknowledged' | 'duplicated'): number {
  return rows.reduce((total, row) => total + row[key], 0);
}

/** The comparison with doing nothing; empty until both arms have runs of one code. */
export function gainLine(rows: readonly RunRow[]): string {
  const helped = secondsOf(rows.filter((row) => row.arm === 'rekindle'));
  const alone = secondsOf(rows.filter((row) => row.arm === 'nobody'));
  const codes = new Set(rows.map(({ code }) => code));
  if (helped.length === 0 || alone.length === 0 || codes.size > 1) return '';
  const tail = p90(helped) / p90(alone);
  return (
    `Plain cut, rekindle against nobody: ratio of the medians ${ratioOfMedians(helped, alone)}, ` +
    `ratio of the 90th percentiles ${tail.toFixed(2)}. A run without recovery counts as ${usualLimitSeconds} s.`
  );
}
