import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { bootstrapRatio, quantile, wilson } from './statistics.ts';

const median = (values: readonly number[]) => quantile(values, 0.5);
const samples = fc.array(fc.double({ min: 1, max: 300, noNaN: true }), { minLength: 1, maxLength: 40 });

describe('quantile', () => {
  test.each([
    [[3], 0.5, 3],
    [[1, 2], 0.5, 1.5],
    [[5, 1, 3], 0.5, 3],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95, 10],
    [[1, 2, 3, 4, 5], 0.95, 5],
  ])('of %j at %d is %d', (values, share, wanted) => expect(quantile(values, share)).toBe(wanted));

  test('lies between the extremes and grows with the share', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const [p50, p90, p95] = [quantile(values, 0.5), quantile(values, 0.9), quantile(values, 0.95)];
        expect(p50).toBeGreaterThanOrEqual(Math.min(...values));
        expect(p95).toBeLessThanOrEqual(Math.max(...values));
        expect(p90).toBeLessThanOrEqual(p95);
      }),
    );
  });

  test('of nothing is an error', () => expect(() => quantile([], 0.5)).toThrow('nothing'));
});

describe('bootstrapRatio', () => {
  const slow = Array.from({ length: 30 }, (_, index) => 30 + (index % 10));
  const fast = slow.map((value) => value / 2);

  test('is repeatable and holds the true ratio', () => {
    const first = bootstrapRatio(fast, slow, median, { seed: 7, rounds: 2000 });
    expect(bootstrapRatio(fast, slow, median, { seed: 7, rounds: 2000 })).toEqual(first);
    expect(first.low).toBeLessThanOrEqual(0.5);
    expect(first.high).toBeGreaterThanOrEqual(0.5);
    expect(first.high).toBeLessThan(0.65);
  });

  test('of samples without spread is a point', () => {
    expect(bootstrapRatio([2, 2], [4, 4], median, { seed: 1, rounds: 10 })).toEqual({ low: 0.5, high: 0.5 });
  });
});

describe('wilson', () => {
  test('of 30 in 30 is not 100 % to 100 %', () => {
    const { low, high } = wilson(30, 30);
    expect(low).toBeCloseTo(0.8865, 3);
    expect(high).toBe(1);
  });
  test('holds the rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (trials, some) => {
        const successes = some % (trials + 1);
        const { low, high } = wilson(successes, trials);
        expect(low).toBeLessThanOrEqual(successes / trials + 1e-9);
        expect(high).toBeGreaterThanOrEqual(successes / trials - 1e-9);
      }),
    );
  });
});
