import { pipeline, Readable } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';

import { PartDiffers } from '../store-part.ts';
import { watchedSource } from '../watched-source.ts';

/**
 * The lowest level of zstd: a third to a fifth of a server's files, faster than they are read, and by as much less to encrypt, which
 * is what takes time. With a checksum of the whole. Done in a thread of its own.
 */
const params = {
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_checksumFlag]: 1,
};

/** Begins when it is read. What the source fails with is thrown to whoever reads, who may come to it only later. */
async function* through(
  bytes: AsyncIterable<Buffer>,
  engine: ReturnType<typeof createZstdCompress>,
): AsyncGenerator<Buffer> {
  engine.on('error', () => undefined);
  const source = Readable.from(bytes, { objectMode: false });
  yield* pipeline(source, engine, () => undefined) as AsyncIterable<Buffer>;
}

/** The bytes as `zstd` writes them; `age -d | zstd -d` reads them back. */
export function compressed(plain: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return through(plain, createZstdCompress({ params }));
}

/** The plain bytes again. Throws what the source throws, and PartDiffers for what is no whole zstd stream. */
export async function* decompressed(bytes: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const source = watchedSource(bytes);
  try {
    yield* through(source.bytes, createZstdDecompress());
  } catch (error) {
    const failure = source.failure();
    if (failure !== undefined) throw failure.error;
    throw new PartDiffers(`${file} cannot be decompressed (${(error as Error).message})`);
  }
}
