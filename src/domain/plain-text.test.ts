import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { hostileText } from '../../test/fakes/hostile-text.ts';
import { plainLine, plainLines } from './plain-text.ts';

/** Whatever a terminal would obey, and what turns the order of letters around. */
const obeyed = /[\p{C}\p{Zl}\p{Zp}]/u;

describe('a plain line', () => {
  test('holds nothing that a terminal obeys, is one line, and is not too long', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 80 }), (text, longest) => {
        const line = plainLine(text, longest);
        expect(line).not.toMatch(obeyed);
        expect(Array.from(line).length).toBeLessThanOrEqual(longest);
      }),
    );
  });

  test('keeps ordinary words as they are', () => {
    const words = 'password authentication failed for user "pooler" (Größe 3 µm, 宝石, é)';
    expect(plainLine(words)).toBe(words);
    expect(plainLine(plainLine(words))).toBe(words);
  });

  test('says that something was cut off', () => {
    expect(plainLine('abcdef', 4)).toBe('abc…');
    expect(plainLine(`ok${' '.repeat(1_000_000)}more`)).toBe('ok…');
    expect(plainLine('x'.repeat(1_000_000))).toHaveLength(1000);
  });

  test('takes out colours, titles of windows and line breaks that would look like a line of ours', () => {
    expect(plainLine('\u001B[31mred\u001B[0m \u001B]0;title\u0007end')).toBe('red end');
    expect(plainLine('no\r\nUsable. Two writes went through')).toBe('no Usable. Two writes went through');
    expect(plainLine('a\u009B2Jb\u202Ec')).not.toMatch(obeyed);
  });
});

test('plain lines keep their breaks and indentation, and nothing else that is obeyed', () => {
  const manifest = 'kubectl apply -f - <<EOF\nspec:\n  egress: []\nEOF';
  expect(plainLines(manifest)).toBe(manifest);
  fc.assert(
    fc.property(hostileText, (text) => {
      const lines = plainLines(text).split('\n');
      expect(lines).toHaveLength(text.split('\n').length);
      for (const line of lines) expect(line).not.toMatch(obeyed);
    }),
  );
});
