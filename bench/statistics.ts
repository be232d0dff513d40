import { seededRandom } from './rig/random.ts';

/**
 * Quantile by nearest rank: always a value that was measured. The median of an even number is the mean of the two
 * in the middle. Throws on an empty list.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) throw new Error('quantile of nothing');
  if (share === 0.5) return (at(sorted, (sorted.length - 1) / 2) + at(sorted, sorted.length / 2)) / 2;
  return at(sorted, Math.ceil(share * sorted.length) - 1);
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

function at(sorted: readonly number[], index: number): number {
  return sorted[Math.max(0, Math.min(sorted.length - 1, Math.floor(index)))] ?? Number.NaN;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 95 % bootstrap interval (percentile method) of a ratio of two samples' statistics, resampled apart. */
export function bootstrapRatio(
  numerator: readonly number[],
  denominator: readonly number[],
  statistic: (values: readonly number[]) => number,
  { seed, rounds }: { readonly seed: number; readonly rounds: number } = { seed: 1, rounds: 10_000 },
): Interval {
  const random = seededRandom(seed);
  const draw = (values: readonly number[]) => values.map(() => at(values, random() * values.length));
  const ratios = Array.from(
    { length: rounds },
    () => statistic(draw(numerator)) / statistic(draw(denominator)),
  );
  return { low: quantile(ratios, 0.025), high: quantile(ratios, 0.975) };
}

/** 95 % interval of a rate of `successes` in `trials` (Wilson score; stays inside 0 to 1 also at k = n). */
export function wilson(successes: number, trials: number): Interval {
  const z = 1.959964;
  const rate = successes / trials;
  const centre = rate + z ** 2 / (2 * trials);
  const spread = z * Math.sqrt((rate * (1 - rate)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}
