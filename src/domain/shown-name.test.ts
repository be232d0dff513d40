import fc from 'fast-check';
import { expect, test } from 'vitest';

import { escapedText, shownName, shownNames } from './shown-name.ts';

test.each([
  ['2026/a picture.jpg', '2026/a picture.jpg'],
  ['ä ö 漢字 😀', 'ä ö 漢字 😀'],
  ['\u001B[31mred\u0007', String.raw`\u{1b}[31mred\u{7}`],
  ['two\nlines\u2028three', String.raw`two\u{a}lines\u{2028}three`],
  ['gpj.\u202Eexe', String.raw`gpj.\u{202e}exe`],
  [String.raw`\u{1b}`, String.raw`\\u{1b}`],
  ['x'.repeat(101), `${'x'.repeat(100)}…`],
])('the name %j is shown as %s', (name, shown) => {
  expect(shownName(name)).toBe(shown);
});

test('whatever a name holds, nothing of it steers a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      expect(shownName(name)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(escapedText(name)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('a list names a few and counts the rest, where anybody knows how many there are', () => {
  expect(shownNames(['a', 'b'])).toBe('a, b');
  expect(shownNames(['1', '2', '3', '4', '5', '6', '7'])).toBe('1, 2, 3, 4, 5 and 2 more');
  expect(shownNames(['a', 'b'], false)).toBe('a, b and more');
});
