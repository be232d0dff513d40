import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fileToArchive } from './file-to-archive.ts';
import { filesInArchive } from './folder-in-archive.ts';

describe('a file on its way into a container', () => {
  test('is read back as it was, whatever is in it', () => {
    const at = Date.UTC(2026, 0, 1, 12, 0, 30);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        const files = filesInArchive(fileToArchive('values.yaml', bytes, at));
        expect(files.map(({ name, modifiedAt }) => ({ name, modifiedAt }))).toEqual([
          { name: 'values.yaml', modifiedAt: at },
        ]);
        expect(Buffer.from(files[0]?.bytes ?? [])).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test.each(['', '../etc/passwd', 'a'.repeat(100)])('has a plain name: %j is refused', (name) => {
    expect(() => fileToArchive(name, Buffer.from('x'), 0)).toThrow(/cannot be the name/);
  });
});
