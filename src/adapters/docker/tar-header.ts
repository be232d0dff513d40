/** Size of a tar header and of the units that contents are padded to, bytes (POSIX pax, ustar interchange format). */
export const blockBytes = 512;

/** Entries that only describe the next one: extended headers of pax and long names of GNU tar. */
export const describing: ReadonlySet<string> = new Set(['x', 'g', 'L', 'K']);

/** Kinds of a regular file. */
export const regular: ReadonlySet<string> = new Set(['0', '\0']);

export interface TarHeader {
  readonly name: string;
  readonly kind: string;
  readonly size: number;
  /** ms since the epoch, whole seconds. */
  readonly modifiedAt: number;
}

function octal(block: Buffer, from: number, to: number): number | undefined {
  const digits = /^[0-7]+/.exec(block.toString('latin1', from, to))?.[0];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function text(block: Buffer, from: number, to: number): string {
  return block.toString('utf8', from, to).replace(/\0.*$/s, '');
}

/** Reads one header; undefined when the block is none. Files from 8 GiB on have another form and count as none. */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  const size = octal(block, 124, 136);
  if (block.toString('latin1', 257, 262) !== 'ustar' || size === undefined) return undefined;
  const prefix = text(block, 345, 500);
  const name = text(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    kind: block.toString('latin1', 156, 157),
    size,
    modifiedAt: (octal(block, 136, 148) ?? 0) * 1000,
  };
}
