import { quantile } from '../statistics.ts';
import type { Arm, HardenRow } from './row.ts';

/** Changing the arm replaces pods and takes minutes: so many runs are made before the other one has its turn. */
const block = 5;

const arms: readonly Arm[] = ['as-written', 'hardened'];

export interface NextRun {
  readonly arm: Arm;
  /** The same in both arms, so that both are hit at the same point. */
  readonly seed: number;
}

/** The next run that this code still owes; the arms take turns in blocks. Undefined when all is done. Pure. */
export function nextHardenRun(
  rows: readonly HardenRow[],
  n: number,
  { code, dirty }: { readonly code: string; readonly dirty: boolean },
): NextRun | undefined {
  const own = rows.filter((row) => row.code === code && row.dirty === dirty);
  const owing = arms
    .map((arm) => ({ arm, done: own.filter((row) => row.arm === arm).length }))
    .filter(({ done }) => done < n)
    .toSorted((a, b) => Math.floor(a.done / block) - Math.floor(b.done / block));
  const [next] = owing;
  return next === undefined ? undefined : { arm: next.arm, seed: next.done + 1 };
}

const median = (values: readonly number[]) => quantile(values, 0.5);

/** One line an arm: what the cuts cost, as medians. Pure. */
export function hardenSummary(rows: readonly HardenRow[]): string {
  const lines = arms.flatMap((arm) => {
    const own = rows.filter((row) => row.arm === arm);
    if (own.length === 0) return [];
    const recovered = own.filter(({ seconds }) => seconds !== null).length;
    return [
      [
        `${arm}: ${recovered}/${own.length} recovered`,
        `median ${median(own.map(({ seconds, limitSeconds }) => seconds ?? limitSeconds)).toFixed(1)} s`,
        `${median(own.map(({ restarts }) => restarts))} restarts`,
        `${median(own.map((row) => row.backOffSeconds)).toFixed(1)} s in back-off`,
        `${own.reduce((sum, { lost }) => sum + lost, 0)} orders lost`,
      ].join(', '),
    ];
  });
  return lines.join('\n');
}
