import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { addInclude, hasInclude, IniNotEditable, removeInclude, setParameter } from './edit.ts';
import { parseIni, printIni, type IniDocument } from './parse.ts';
import { mainValues } from './values.ts';

/** Pieces that a file of the wild, or of a joker, is made of. */
const piece = fc.oneof(
  fc.constantFrom(
    '[pgbouncer]',
    '[databases]',
    '[users]',
    '[pgbouncer',
    '%include x.ini',
    '%include',
    '%includes',
    '; a remark = 1',
    '# another',
    'server_login_retry = 5',
    'server_login_retry=15',
    'server_lifetime  =\t3600 ; no comment',
    "'quoted key' = 1",
    "'open",
    '* = host=a port=1',
    '= no key',
    'no value',
    '\n',
    '\r\n',
    '\n\n',
    ' ',
    '\t',
    '\v',
    '\0',
    '=',
    "'",
    ';',
  ),
  fc.string({ maxLength: 6, unit: 'binary' }),
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
);

/** Files that PgBouncer understands: whole lines of every kind, and a section [pgbouncer] somewhere. */
const line = fc.constantFrom(
  '; a remark',
  '  # server_login_retry = 9',
  '',
  '   ',
  'server_login_retry = 5',
  'server_login_retry=15  ',
  'server_lifetime = 3600',
  'listen_addr=*',
);
const lines = fc.array(line, { maxLength: 8 });
const lineBreak = fc.constantFrom('\n', '\r\n');
const wholeFile = fc
  .record({ before: lines, own: lines, after: lines, last: fc.constantFrom('users', 'databases', undefined) })
  .chain(({ before, own, after, last }) => {
    const rest = last === undefined ? [] : [`[${last}]`, ...after];
    const all = ['[databases]', ...before, '  [pgbouncer] ; ours', ...own, ...rest];
    return fc.tuple(lineBreak, fc.boolean()).map(([eol, ends]) => all.join(eol) + (ends ? eol : ''));
  });
const key = fc.constantFrom('server_login_retry', 'server_lifetime', 'dns_nxdomain_ttl');
const value = fc.constantFrom('1', '60', '0.5', '');

function effective(document: IniDocument, name: string): string | undefined {
  return mainValues(document)[name];
}

/** A new last line gives the old one its line break, so line breaks do not count. */
function rows(text: string): readonly string[] {
  return text.split('\n').map((row) => row.replace(/\r$/, ''));
}

/** Lines that are only in the one text, and lines that are only in the other. */
function changedLines(
  before: string,
  after: string,
): { removed: readonly string[]; added: readonly string[] } {
  const [old, now] = [rows(before), rows(after)];
  let start = 0;
  while (start < old.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  return { removed: old.slice(start, old.length - end), added: now.slice(start, now.length - end) };
}

describe('pgbouncer.ini', () => {
  test('printed after it was read is the same text, whatever it was', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printIni(parseIni(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('is read as PgBouncer reads it', () => {
    const text =
      "[databases]\r\n'a b' = host=x ; no comment \n* = host=y\n[pgbouncer] ; ours\nmax=1 # value\n%include  /a b.ini \t\n[users]x=1\n";
    const told = parseIni(text).flatMap((item) => {
      if (item.kind === 'entry') return [`${item.key}|${item.value}`];
      if (item.kind === 'section') return [`[${item.name}]`];
      return item.kind === 'include' ? [`include ${item.file}`] : [];
    });
    expect(told).toEqual([
      '[databases]',
      'a b|host=x ; no comment',
      '*|host=y',
      '[pgbouncer]',
      'max|1 # value',
      'include /a b.ini',
      '[users]',
      'x|1',
    ]);
  });
});

describe('setting a value', () => {
  test('changes its line only, or adds exactly one, inside the section, and doing it again changes nothing', () => {
    fc.assert(
      fc.property(wholeFile, key, value, (text, name, wanted) => {
        const once = setParameter(parseIni(text), name, wanted);
        const wasThere = effective(parseIni(text), name) !== undefined;
        const { removed, added } = changedLines(text, printIni(once));
        expect(added.length - removed.length).toBe(wasThere ? 0 : 1);
        expect(added.length).toBeLessThanOrEqual(1);
        expect(effective(parseIni(printIni(once)), name)).toBe(wanted);
        expect(printIni(setParameter(once, name, wanted))).toBe(printIni(once));
        expect(parseIni(printIni(once)).map(({ kind }) => kind)).not.toContain('broken');
      }),
      { numRuns: 500 },
    );
  });

  test('never lands in another section, however the file ends', () => {
    for (const end of [
      '',
      '\n',
      '\n[users]\na = pool_mode=session',
      '\n[users]\n',
      '\r\n[users]\r\n',
      ' ; x\n[users]',
    ]) {
      const text = printIni(setParameter(parseIni(`[pgbouncer]${end}`), 'server_login_retry', '1'));
      expect(effective(parseIni(text), 'server_login_retry')).toBe('1');
      expect(parseIni(text).findLast(({ kind }) => kind === 'section')?.raw).toBe(
        end.includes('users') ? '[users]' : '[pgbouncer]',
      );
    }
  });

  test('goes to the last section [pgbouncer]: each header puts all settings back to their defaults', () => {
    const text = '[pgbouncer]\nserver_lifetime = 1\n[users]\n[pgbouncer]\nverbose = 0\n';
    expect(printIni(setParameter(parseIni(text), 'server_lifetime', '2'))).toBe(
      '[pgbouncer]\nserver_lifetime = 1\n[users]\n[pgbouncer]\nverbose = 0\nserver_lifetime = 2\n',
    );
  });

  test('goes before a file that is included: it may begin another section', () => {
    const text = '[pgbouncer]\nverbose = 0\n%include users.ini\n';
    expect(printIni(setParameter(parseIni(text), 'server_lifetime', '2'))).toBe(
      '[pgbouncer]\nverbose = 0\nserver_lifetime = 2\n%include users.ini\n',
    );
  });

  test.each([
    ['[databases]\na = host=b\n', 1],
    ['[pgbouncer]\nverbose\n', 2],
    ['[pgbouncer] %include x\n', 1],
    ['\n[pgbouncer][users]\n', 2],
  ])('is refused with the line where it would be a guess: %j', (text, place) => {
    const setting = () => setParameter(parseIni(text), 'server_lifetime', '2');
    expect(setting).toThrow(IniNotEditable);
    expect(setting).toThrow(`line ${place}: `);
  });

  test('takes one line only', () => {
    expect(() => setParameter(parseIni('[pgbouncer]'), 'a', '1\n[users]')).toThrow(TypeError);
  });
});

describe('an included file', () => {
  const file = '/etc/pgbouncer/rekindle.ini';

  test('is added by one line, once, and taken out without a trace', () => {
    fc.assert(
      fc.property(wholeFile, (text) => {
        const added = addInclude(parseIni(text), file);
        expect(printIni(added).split('\n')).toHaveLength(text.split('\n').length + 1);
        expect(hasInclude(added, file)).toBe(true);
        expect(printIni(addInclude(added, file))).toBe(printIni(added));
        expect(printIni(removeInclude(added, file))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['%include /a\n[pgbouncer]\n', '[pgbouncer]\n'],
    ['[pgbouncer] %include /a\nx = 1\n', '[pgbouncer] \nx = 1\n'],
    ['[pgbouncer]\r\n%include /a  \r\n', '[pgbouncer]\r\n'],
    ['%include /a', ''],
    ['%include /b\n', '%include /b\n'],
  ])('is taken out of %j', (text, left) => {
    expect(printIni(removeInclude(parseIni(text), '/a'))).toBe(left);
  });
});
