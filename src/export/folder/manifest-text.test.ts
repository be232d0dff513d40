import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { manifestText } from './manifest-text.ts';

/** Texts that one version of YAML or another takes for something else. */
const hostile = [
  'yes',
  'No',
  'on',
  'y',
  '0123',
  '0o14',
  '1_000',
  '0o_7',
  '12:34:56',
  '1e3',
  '~',
  'null',
  '<<',
  '=',
  '.5',
  '2001-01-01',
  '0x1f',
  '- a',
  'a: b',
  '# c',
  ' x ',
  'a\r\nb',
  '\t',
  '',
  'n\u2028l',
  '\ufeff',
  '%a',
  '@a',
  '`a`',
  '!a',
  '&a',
  '*a',
  '{a',
  '[a',
  '"',
  "'",
  '|',
  '>',
  '? a',
  '...',
  '---',
  'é\u{1f600}',
];

describe('a manifest as text', () => {
  test.each(hostile)('%j stays a text for both versions of YAML', (text) => {
    const value = { key: text, list: [text], block: `${text}\n${text}\n` };
    for (const version of ['1.1', '1.2'] as const)
      expect(parse(manifestText(value), { version })).toEqual(value);
  });

  test('whatever is in it, it is read as it was', () => {
    const value = fc.dictionary(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((key) => key !== '__proto__'),
      fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constantFrom(...hostile)),
    );
    fc.assert(
      fc.property(value, (fields) => {
        const plain = JSON.parse(JSON.stringify(fields)) as object;
        expect(parse(manifestText(plain))).toEqual(plain);
        expect(parse(manifestText(plain), { version: '1.1' })).toEqual(plain);
      }),
    );
  });

  test('long lines are not broken, and several lines are a block', () => {
    const long = 'word '.repeat(60).trim();
    expect(manifestText({ long, many: 'a\n  b\n' })).toBe(`long: ${long}\nmany: |\n  a\n    b\n`);
  });

  test('a comment stands above it, line by line', () => {
    expect(manifestText({ a: 1 }, 'one\n\ntwo')).toBe('# one\n#\n# two\na: 1\n');
  });
});
