import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fileToArchive, readTar } from './tar.ts';

/** The files of an archive that comes in pieces of this size. */
async function filesIn(archive: Buffer, pieceBytes: number) {
  const pieces = Array.from({ length: Math.ceil(archive.length / pieceBytes) }, (_, index) =>
    archive.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  const files: { name: string; modifiedAt: number; chunks: Uint8Array[] }[] = [];
  await readTar(pieces, ({ header: { name, mtime } }) => {
    const chunks: Uint8Array[] = [];
    files.push({ name, modifiedAt: mtime.getTime(), chunks });
    return (chunk) => chunks.push(chunk);
  });
  return files.map(({ name, modifiedAt, chunks }) => ({ name, modifiedAt, bytes: Buffer.concat(chunks) }));
}

describe('a file on its way into a container', () => {
  test('is read back as it was, whatever is in it and in whatever pieces it comes', async () => {
    const at = Date.UTC(2026, 0, 1, 12, 0, 30);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 4000 }),
        async (bytes, pieceBytes) => {
          const archive = await fileToArchive('values.yaml', bytes, at);
          expect(await filesIn(archive, pieceBytes)).toEqual([
            { name: 'values.yaml', modifiedAt: at, bytes: Buffer.from(bytes) },
          ]);
        },
      ),
    );
  });

  test.each(['', '../etc/passwd', 'a'.repeat(100)])('has a plain name: %j is refused', async (name) => {
    await expect(fileToArchive(name, Buffer.from('x'), 0)).rejects.toThrow(/cannot be the name/);
  });
});

describe('reading an archive', () => {
  test('ends with what the reader throws', async () => {
    const archive = await fileToArchive('a', Buffer.alloc(5000, 'x'), 0);
    const inEntry = readTar([archive], () => {
      throw new Error('not this one');
    });
    await expect(inEntry).rejects.toThrow('not this one');
    const inContents = readTar([archive], () => () => {
      throw new Error('not these');
    });
    await expect(inContents).rejects.toThrow('not these');
  });

  test('tells an archive that is cut anywhere', async () => {
    const archive = await fileToArchive('a', Buffer.alloc(5000, 'x'), 0);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: archive.length - 1 }), async (bytes) => {
        await expect(readTar([archive.subarray(0, bytes)], () => () => undefined)).rejects.toThrow(/archive/);
      }),
      { numRuns: 50 },
    );
  });
});
