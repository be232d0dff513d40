import { describe, expect, test } from 'vitest';

import { baseName, copyName, damagedFileName, newestIncrement } from './append-only-file.ts';

const words =
  '1:M 01 Jan 2026 12:00:00.000 # Bad file format reading the append only file appendonly.aof.3.incr.aof: ' +
  'make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>\n';

describe('what Redis died of', () => {
  test('is the file that its log names', () => {
    expect(damagedFileName(`* Ready\n${words}`)).toBe('appendonly.aof.3.incr.aof');
    expect(baseName('appendonly.aof.3.incr.aof')).toBe('appendonly.aof');
  });
  test.each([
    [
      'another reason',
      '# Unexpected end of file reading the append only file appendonly.aof.3.incr.aof. You can',
    ],
    ['a path', words.replace('appendonly.aof.3', '../../etc/shadow/a')],
    ['the one file of Redis 6', '# Bad file format reading the append only file: make a backup'],
    ['a base file', words.replace('.3.incr.aof', '.3.base.rdb')],
  ])('is not told by %s', (_name, lines) => expect(damagedFileName(lines)).toBeUndefined());
});

describe('the newest file of a manifest', () => {
  const base = 'file appendonly.aof.2.base.rdb seq 2 type b\n';
  test('is its last increment', () => {
    const increments = [3, 4]
      .map((seq) => `file appendonly.aof.${seq}.incr.aof seq ${seq} type i\n`)
      .join('');
    const history = 'file appendonly.aof.1.incr.aof seq 1 type h\n';
    expect(newestIncrement(`${base}${history}${increments}`)).toBe('appendonly.aof.4.incr.aof');
  });
  test.each([
    ['no increment', base],
    ['NUL bytes', `${base}file appendonly.aof.3.incr.aof seq 3 type i\n\0\0\0`],
    ['nothing', ''],
  ])('is not told by one with %s', (_name, manifest) => expect(newestIncrement(manifest)).toBeUndefined());
});

test('a copy carries its time, and no name that Redis would look for', () => {
  expect(copyName('/data/a.1.incr.aof', Date.UTC(2026, 0, 1, 12, 0, 30, 5))).toBe(
    '/data/a.1.incr.aof.rekindle-20260101T120030Z',
  );
});
