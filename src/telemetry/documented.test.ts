import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { Metrics } from './metrics.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** First cells of the tables in the document, without their marks. */
function rows(pattern: RegExp): readonly string[] {
  return [...read('docs/metrics.md').matchAll(/^\| `(\w+)`/gm)]
    .map(([, name = '']) => name)
    .filter((name) => pattern.test(name));
}

test('each metric is in the document, and the document has no others', async () => {
  const metrics = new Metrics({
    version: '1',
    stack: () => 's',
    clock: { now: () => 0, monotonic: () => 0 },
  });
  const text = (await metrics.exposition()).parts.join('');
  const names = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
  expect(rows(/^(?:rekindle|process)_/).toSorted()).toEqual(names.toSorted());
});

test('each alert is in the document, and the document has no others', () => {
  interface Rules {
    readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[];
  }
  const { groups } = parse(read('deploy/prometheus/rekindle.rules.yaml')) as Rules;
  const alerts = groups.flatMap(({ rules }) => rules).map(({ alert }) => alert);
  expect(rows(/^Rekindle/)).toEqual(alerts);
});
