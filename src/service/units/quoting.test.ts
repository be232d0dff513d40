import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { assignment, commandLine, NotWritableInUnit, pathList, quoted } from './quoting.ts';

/** A word: pieces outside of quotes, in double or in single ones; a backslash takes what follows as it is. */
const word = /(?:\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s"'\\])+/gsu;
const piece =
  /\\(?<escaped>.)|"(?<double>(?:\\.|[^"\\])*)"|'(?<single>(?:\\.|[^'\\])*)'|(?<bare>[^\s"'\\])/gsu;

/** Only these escapes may be written: the meaning of others differs between settings (systemd.syntax(7)). */
function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gsu, (_, character: string) => {
    if (!'\\"'.includes(character)) throw new Error(`unknown escape ${character}`);
    return character;
  });
}

/** systemd.unit(5), Specifiers. */
function withoutSpecifiers(text: string): string {
  return text.replaceAll(/%(.?)/gsu, (_, letter: string) => {
    if (letter !== '%') throw new Error(`a specifier: ${text}`);
    return '%';
  });
}

/** Words of a setting as systemd.syntax(7) describes them; the program test asks a real systemd the same. */
function words(line: string): readonly string[] {
  return [...line.matchAll(word)].map(([found]) => {
    const pieces = [...found.matchAll(piece)].map(({ groups = {} }) => {
      const { escaped, double, single, bare } = groups;
      return escaped === undefined ? unescaped(double ?? single ?? bare ?? '') : unescaped(`\\${escaped}`);
    });
    return withoutSpecifiers(pieces.join(''));
  });
}

/** Texts that are likely to mean something to systemd, a shell, or both. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '"',
        "'",
        '\\',
        '%',
        '%%',
        '%h',
        '$',
        '${HOME}',
        '$$',
        ';',
        '#',
        '=',
        '-',
        '@',
        '+',
        '!',
        ':',
        '[',
        ']',
        '\u00E4',
        '\u{1F525}',
        '\u00A0',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))
  .filter((candidate) => !/\p{Cc}/u.test(candidate));

describe('words of a unit', () => {
  test('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (all) => {
        expect(words(all.map((each) => quoted(each)).join(' '))).toEqual(all);
      }),
    );
  });

  test('a command line is that of the program, with no variable put into it', () => {
    fc.assert(
      fc.property(text, fc.array(text), (any, args) => {
        const program = any.replaceAll(/["'\\]/g, '');
        const [first, ...rest] = words(commandLine([`/${program}`, ...args]));
        expect([first, ...rest]).toEqual([`:/${program}`, ...args]);
      }),
    );
  });

  test.for(['/a"b', "/a'b", '/a\\b'])('systemd would start no program %j', (program) => {
    expect(() => commandLine([program])).toThrow(NotWritableInUnit);
    expect(words(commandLine(['/bin/sh', program]))).toEqual([':/bin/sh', program]);
  });

  test('a variable and a path keep their value', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(words(assignment('NAME', value))).toEqual([`NAME=${value}`]);
        expect(words(pathList([`/${value}`, '/b'], '-'))).toEqual([`-/${value}`, '-/b']);
      }),
    );
  });

  test('stay one line', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(quoted(value)).not.toMatch(/[\n\r]/);
      }),
    );
  });

  test.for(['a\nExecStart=/bin/sh', 'a\tb', 'a\u0000b', 'a\u007Fb', '\uD800'])('cannot hold %j', (value) => {
    expect(() => quoted(value)).toThrow(NotWritableInUnit);
  });

  test.for([
    ['/usr/bin/k3d', '/usr/bin/k3d'],
    ['/home/a b/x', '"/home/a b/x"'],
    ['50%', '"50%%"'],
    ['$HOME', '"$HOME"'],
    [String.raw`C:\new "one"`, String.raw`"C:\\new \"one\""`],
    ['', '""'],
    [';', '";"'],
  ] as const)('%j is written %s', ([value, written]) => {
    expect(quoted(value)).toBe(written);
  });
});
