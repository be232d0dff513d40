import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';

import { PartDiffers } from '../store-part.ts';
import { compressed, decompressed } from './zstd.ts';

const chunks = Array.from({ length: 40 }, (_, index) =>
  index % 2 === 0 ? randomBytes(65_536) : Buffer.alloc(65_536, 'order '),
);

/** So many chunks, then an error if one is given. */
async function* source(count: number, error?: Error): AsyncGenerator<Buffer> {
  yield* chunks.slice(0, count);
  if (error !== undefined) throw error;
}

const all = (bytes: AsyncIterable<Buffer>): Promise<Buffer> => buffer(Readable.from(bytes));

/** What nobody has caught by the end of the test. */
function uncaught(): readonly unknown[] {
  const found: unknown[] = [];
  const note = (error: unknown): void => void found.push(error);
  process.on('uncaughtException', note);
  onTestFinished(() => void process.off('uncaughtException', note));
  return found;
}

test('what was compressed comes back, and is smaller', async () => {
  const small = await all(compressed(source(40)));
  expect(small.length).toBeLessThan(21 * 65_536);
  expect((await all(decompressed(Readable.from([small]), 'f'))).equals(Buffer.concat(chunks))).toBe(true);
});

test.each([0, 1, 20])(
  'an error of the source after %d chunks reaches whoever reads, also later',
  async (count) => {
    const found = uncaught();
    const bytes = compressed(source(count, new Error('the server went away')));
    // As long as it takes to set up the encryption.
    await pause(30);
    await expect(all(bytes)).rejects.toThrow('the server went away');
    await pause(30);
    expect(found).toEqual([]);
  },
);

test.each([
  ['a bit', (bytes: Buffer) => bytes.fill((bytes[1000] ?? 0) ^ 1, 1000, 1001)],
  ['an end', (bytes: Buffer) => bytes.subarray(0, bytes.length - 10)],
  ['everything', () => Buffer.from('no zstd at all, and longer than a header')],
])('a stream in which %s is wrong is told as a part that differs', async (_name, spoil) => {
  const bytes = spoil(await all(compressed(source(40))));
  await expect(all(decompressed(Readable.from([bytes]), 'f'))).rejects.toThrow(PartDiffers);
});

test('what the store fails with stays what it is, and who stops early ends everything', async () => {
  const found = uncaught();
  const broken = decompressed(source(0, new Error('the disk is gone')), 'f');
  await expect(all(broken)).rejects.toThrow('the disk is gone');
  let isEnded = false;
  const small = await all(compressed(source(40)));
  const watched = async function* (): AsyncGenerator<Buffer> {
    try {
      for (let at = 0; at < small.length; at += 4096) yield small.subarray(at, at + 4096);
    } finally {
      isEnded = true;
    }
  };
  for await (const chunk of decompressed(watched(), 'f')) if (chunk.length > 0) break;
  await pause(30);
  expect(isEnded).toBe(true);
  expect(found).toEqual([]);
});
