import fc from 'fast-check';
import { expect, test } from 'vitest';

import { unifiedDiff } from './unified-diff.ts';

const names = { from: 'a', to: 'b' };

const linesOf = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** Applies a diff as patch(1) does, at the very lines that it names. */
function patched(before: string, diff: string): string {
  const old = linesOf(before);
  const result: string[] = [];
  let at = 0;
  for (const line of linesOf(diff).slice(2)) {
    const head = /^@@ -(\d+),(\d+) \+\d+,\d+ @@$/.exec(line);
    if (head !== null) {
      const start = Number(head[1]) - (Number(head[2]) === 0 ? 0 : 1);
      result.push(...old.slice(at, start));
      at = start;
      continue;
    }
    const [mark, text] = [line.charAt(0), line.slice(1)];
    if (mark !== '+' && old[at] !== text) throw new Error(`line ${at + 1} is not ${text}`);
    if (mark !== '+') at += 1;
    if (mark !== '-') result.push(text);
  }
  return [...result, ...old.slice(at)].map((line) => `${line}\n`).join('');
}

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', 'spec:', '  - name: web'), { maxLength: 25 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

test('a diff leads from one text to the other, and there is none between the same', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = unifiedDiff(before, after, names);
      expect(diff === '').toBe(before === after);
      expect(patched(before, diff)).toBe(after);
    }),
    { numRuns: 1000 },
  );
});

test('three lines around a change are shown, changes far apart by themselves', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}\n`);
  const after = before.map((line, index) => (index === 2 || index === 17 ? 'changed\n' : line));
  const diff = unifiedDiff(before.join(''), after.join(''), names);
  expect(diff).toBe(`--- a
+++ b
@@ -1,6 +1,6 @@
 line 0
 line 1
-line 2
+changed
 line 3
 line 4
 line 5
@@ -15,6 +15,6 @@
 line 14
 line 15
 line 16
-line 17
+changed
 line 18
 line 19
`);
});
