import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { failuresSince, type ProbeAttempt, secondVerifiedWrite } from './probe-attempts.ts';

const attempt = (startedAt: number, took: number, verified = true): ProbeAttempt => ({
  startedAt,
  endedAt: startedAt + took,
  verified,
});

describe('the second verified write', () => {
  test.each([
    ['none', [], undefined],
    ['only one', [attempt(0, 10)], undefined],
    ['two within a second', [attempt(0, 10), attempt(999, 10)], undefined],
    ['two a second apart', [attempt(0, 10), attempt(500, 10), attempt(1000, 20)], 1020],
    ['failures do not count', [attempt(0, 10), attempt(1000, 10, false), attempt(1500, 10)], 1510],
    ['a slow early one is not the first', [attempt(0, 3900), attempt(3000, 10), attempt(4000, 10)], 4010],
  ])('%s', (_name, attempts, wanted) => {
    expect(secondVerifiedWrite(attempts)).toBe(wanted);
  });

  test('does not depend on the order in which the attempts were noted', () => {
    const attempts = fc.array(
      fc
        .tuple(fc.nat(20_000), fc.nat(4000), fc.boolean())
        .map(([start, took, verified]) => attempt(start, took, verified)),
    );
    fc.assert(
      fc.property(attempts, (list) => {
        const sorted = list.toSorted((a, b) => a.endedAt - b.endedAt || a.startedAt - b.startedAt);
        expect(secondVerifiedWrite(sorted.toReversed())).toBe(secondVerifiedWrite(sorted));
      }),
    );
  });
});

test('failures before the moment asked for do not count', () => {
  const attempts = [attempt(0, 1, false), attempt(10, 1, false), attempt(20, 1)];
  expect(failuresSince(attempts, 5)).toBe(1);
});
