import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jsonLines } from './json-lines.ts';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

async function all(values: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const value of values) found.push(value);
  return found;
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(1024 * 1024).fill(0x61);
}

describe('lines of JSON', () => {
  it('arrive whole wherever the stream was cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 10 }),
        fc.array(fc.nat(20), { maxLength: 20 }),
        fc.boolean(),
        async (values, sizes, ends) => {
          const text = values.map((value) => JSON.stringify(value)).join('\n') + (ends ? '\n' : '');
          const found = await all(jsonLines(cut(new TextEncoder().encode(text), sizes)));
          expect(found).toEqual(values.map((value) => JSON.parse(JSON.stringify(value)) as unknown));
        },
      ),
    );
  });

  it('that are no JSON are an error', async () => {
    const bytes = new TextEncoder().encode('{"a":1}\n<html>\n');
    await expect(all(jsonLines(cut(bytes, [])))).rejects.toBeInstanceOf(SyntaxError);
  });

  it('without an end are given up', async () => {
    await expect(all(jsonLines(endless()))).rejects.toBeInstanceOf(RangeError);
  });
});
