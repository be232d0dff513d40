import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { AppendOnlyScan } from './append-only-scan.ts';

function scan(bytes: Uint8Array, chunkSize = bytes.length) {
  const walker = new AppendOnlyScan();
  for (let at = 0; at < bytes.length; at += Math.max(1, chunkSize))
    walker.push(bytes.subarray(at, at + Math.max(1, chunkSize)));
  return walker.end();
}

function command(...parts: readonly (string | Uint8Array)[]): Buffer {
  const values = parts.map((part) => Buffer.from(part));
  const body = values.flatMap((value) => [Buffer.from(`$${value.length}\r\n`), value, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${values.length}\r\n`), ...body]);
}

const set = command('SET', 'key', 'value');
const multi = command('MULTI');
const exec = command('EXEC');
const timestamp = Buffer.from('#TS:1700000000\r\n');
const nul = Buffer.alloc(4096);
const text = (value: string) => Buffer.from(value);

describe('an append-only file', () => {
  test.each([
    ['nothing', [], 0, 'none'],
    ['commands', [set, set], 2 * set.length, 'none'],
    ['a timestamp and a command', [timestamp, set], timestamp.length + set.length, 'none'],
    ['an empty value', [command('SET', 'key', '')], command('SET', 'key', '').length, 'none'],
    ['NUL bytes in a value', [command('SET', 'key', nul)], command('SET', 'key', nul).length, 'none'],
    ['a whole transaction', [multi, set, exec], multi.length + set.length + exec.length, 'none'],
    ['commands, then NUL bytes', [set, nul], set.length, 'nul'],
    ['a timestamp, then NUL bytes', [set, timestamp, nul], set.length + timestamp.length, 'nul'],
    ['only NUL bytes', [nul], 0, 'nul'],
    ['NUL bytes, then a command', [set, nul, set], set.length, 'other'],
    ['a command that ends too soon', [set, set.subarray(0, -3)], set.length, 'cut-short'],
    ['a length that ends too soon', [set, text('*3\r\n$3')], set.length, 'cut-short'],
    ['half a command, then NUL bytes', [set, text('*1\r\n$4\r\nPI'), nul], set.length, 'nul'],
    ['half a length, then NUL bytes', [set, text('*1\r\n$'), nul], set.length, 'nul'],
    ['half a timestamp, then NUL bytes', [set, text('#TS:17'), nul], set.length, 'nul'],
    ['a length that is none, then NUL bytes', [set, text('*1\r\n$x'), nul], set.length, 'other'],
    ['a value without its line end, then NUL bytes', [set, text('*1\r\n$4\r\nPING'), nul], set.length, 'nul'],
    ['a value without its line end', [set, text('*1\r\n$4\r\nPINGxx')], set.length, 'other'],
    ['an open transaction', [set, multi, set], set.length, 'cut-short'],
    ['an open transaction, then NUL bytes', [set, multi, set, nul], set.length, 'nul'],
    ['a transaction in a transaction', [set, multi, multi], set.length, 'other'],
    ['the end of no transaction', [set, exec], set.length, 'other'],
    ['a command of no words', [set, text('*0\r\n')], set.length, 'other'],
    ['a line that is no number', [set, text('*x\r\n')], set.length, 'other'],
    ['a line without an end', [set, text('*00000000000000000')], set.length, 'other'],
    ['an annotation without an end', [set, text(`#${'x'.repeat(2000)}`)], set.length, 'other'],
    ['an RDB file', [text('REDIS0011')], 0, 'other'],
  ] as const)('of %s', (_name, parts, validUpTo, tail) => {
    const bytes = Buffer.concat(parts);
    expect(scan(bytes)).toEqual({ size: bytes.length, validUpTo, tail });
  });
});

const anyCommand = fc
  .array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 })
  .map((values) => command('SET', ...values));
const anyFile = fc.array(anyCommand, { maxLength: 8 }).map((commands) => Buffer.concat(commands));

describe('whatever the file', () => {
  test('complete commands are valid to the end', () => {
    fc.assert(
      fc.property(anyFile, (file) => {
        expect(scan(file)).toEqual({ size: file.length, validUpTo: file.length, tail: 'none' });
      }),
    );
  });

  test('NUL bytes behind them are told to the byte', () => {
    fc.assert(
      fc.property(anyFile, fc.integer({ min: 1, max: 9000 }), (file, count) => {
        const bytes = Buffer.concat([file, Buffer.alloc(count)]);
        expect(scan(bytes)).toEqual({ size: bytes.length, validUpTo: file.length, tail: 'nul' });
      }),
    );
  });

  test('a file that ends too soon is valid up to a command that is complete', () => {
    fc.assert(
      fc.property(anyFile, anyCommand, fc.nat(), (file, last, cut) => {
        const kept = 1 + (cut % (last.length - 1));
        const bytes = Buffer.concat([file, last.subarray(0, kept)]);
        expect(scan(bytes)).toEqual({ size: bytes.length, validUpTo: file.length, tail: 'cut-short' });
      }),
    );
  });

  test('chunks make no difference, and the valid part judged alone has no tail', () => {
    fc.assert(
      fc.property(
        anyFile,
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: 1, max: 50 }),
        (file, rest, chunk) => {
          const bytes = Buffer.concat([file, rest]);
          const verdict = scan(bytes);
          expect(scan(bytes, chunk)).toEqual(verdict);
          const { validUpTo } = verdict;
          expect(scan(bytes.subarray(0, validUpTo))).toEqual({ size: validUpTo, validUpTo, tail: 'none' });
          const lastByte = bytes.findLastIndex((byte) => byte !== 0);
          const withoutNul = scan(bytes.subarray(0, lastByte + 1));
          const isNul =
            lastByte + 1 < bytes.length && withoutNul.tail !== 'other' && verdict.tail !== 'cut-short';
          expect(verdict.tail === 'nul').toBe(isNul);
        },
      ),
    );
  });
});
