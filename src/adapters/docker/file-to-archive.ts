import { blockBytes } from './tar-header.ts';

/** Octal digits with a closing zero byte, as a header's numbers are written. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

/** Sum of a header's bytes, its own field counted as spaces (POSIX pax, ustar interchange format). */
function checksum(header: Buffer): number {
  let sum = 0;
  for (const byte of header) sum += byte;
  return sum;
}

/**
 * A tar archive with one regular file that everybody may read, owned by root: what the engine takes to put a file into a
 * container. Throws when the name does not fit into a plain header (100 bytes) or has folders.
 */
export function fileToArchive(name: string, bytes: Uint8Array, modifiedAt: number): Buffer {
  if (name === '' || name.includes('/') || Buffer.byteLength(name) > 99)
    throw new Error(`${name} cannot be the name of a file in an archive`);
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(bytes.length, 12), 124);
  header.write(octal(Math.floor(modifiedAt / 1000), 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes);
  // Two blocks of zeros end an archive.
  return Buffer.concat([header, bytes, padding, Buffer.alloc(2 * blockBytes)]);
}
