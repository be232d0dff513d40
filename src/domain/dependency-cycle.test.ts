import { expect, test } from 'vitest';

import { dependencyCycle } from './dependency-cycle.ts';

const graph = (edges: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(edges));

test('a graph without a circle has none', () => {
  expect(dependencyCycle(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toBeUndefined();
});

test('a circle is told as the way round, without what leads to it', () => {
  expect(dependencyCycle(graph({ z: ['a'], a: ['b'], b: ['a'] }))).toEqual(['a', 'b', 'a']);
});
