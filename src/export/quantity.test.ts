import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isSameQuantity } from './quantity.ts';

const cpu = ['spec', 'resources', 'requests', 'cpu'];

test.each([
  ['1', '1000m'],
  ['1', 1],
  ['0.1', '100m'],
  ['1.5Gi', '1536Mi'],
  ['1e3', '1k'],
  ['1E3', '1000'],
  ['2e-3', '2m'],
  ['0', '0m'],
  ['-1', '-1000m'],
  ['1000000n', '1m'],
])('%s is as much as %s', (one, other) => {
  expect(isSameQuantity(cpu, one, other)).toBe(true);
});

test.each([
  ['1', '1001m'],
  ['1G', '1Gi'],
  ['1', 'one'],
  ['', ''],
  ['1', undefined],
  ['1M', '1m'],
  ['1 ', '1'],
])('%s is not as much as %s', (one, other) => {
  expect(isSameQuantity(cpu, one, other)).toBe(false);
});

test('only where amounts stand', () => {
  expect(isSameQuantity(['spec', 'replicas'], '1', 1)).toBe(false);
  expect(isSameQuantity(['data', 'limit'], '1000m', '1')).toBe(false);
  expect(isSameQuantity(['spec', 'volumes', 0, 'emptyDir', 'sizeLimit'], '1Ki', '1024')).toBe(true);
});

test('an amount is itself in every unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (count) => {
      expect(isSameQuantity(cpu, `${count}Mi`, `${count * 1024}Ki`)).toBe(true);
      expect(isSameQuantity(cpu, `${count}`, `${count * 1000}m`)).toBe(true);
      expect(isSameQuantity(cpu, `${count}`, `${count * 1000 + 1}m`)).toBe(false);
    }),
  );
});
