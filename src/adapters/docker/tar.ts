import { extract, pack, type Header } from 'tar-stream';

/** Size of a header and of the units that contents are padded to, bytes (POSIX pax, ustar interchange format). */
const blockBytes = 512;

/** Two blocks of zeros end an archive, bytes. */
const endBytes = 2 * blockBytes;

/** One entry of an archive while it passes by. */
export interface TarEntry {
  readonly header: Header;
  /** The entry's bytes in the archive are `[from, to)`: extended headers, header, contents and padding. */
  readonly from: number;
  readonly to: number;
}

/** Takes an entry's contents chunk by chunk. */
export type TakeContents = (chunk: Uint8Array) => void;

/** The archive is not one, or ends before its end. */
export class TarDamaged extends Error {
  override readonly name = 'TarDamaged';
}

/**
 * Reads a tar archive as it passes by. `entry` is told of each entry and says who takes its contents; what it or the taker
 * throws ends the reading. Throws TarDamaged for what is no archive or not a whole one: Go's writer, which the engine uses,
 * leaves the end away when the size of a file was not what its header said (archive/tar, Writer.Close).
 */
export async function readTar(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  entry: (entry: TarEntry) => TakeContents | undefined,
): Promise<void> {
  const reader = new TarReader(entry);
  try {
    for await (const chunk of chunks) await reader.write(chunk);
    await reader.end();
  } finally {
    reader.close();
  }
}

class TarReader {
  // With the smallest buffer each write waits until it was read, so that an error is told by the write that it is in.
  readonly #parser = extract({ highWaterMark: 1 });
  readonly #entry: (entry: TarEntry) => TakeContents | undefined;
  #failure: { readonly error: unknown; readonly isOurs: boolean } | undefined;
  /** Who waits for the parser now. */
  #waiting: PromiseWithResolvers<void> | undefined;
  #isInContents = false;
  #isFinished = false;
  #bytes = 0;
  #entryEnd = 0;

  constructor(entry: (entry: TarEntry) => TakeContents | undefined) {
    this.#entry = entry;
    this.#parser.on('error', (error) => this.#fail(error, false));
    this.#parser.on('drain', () => this.#waiting?.resolve());
    this.#parser.on('finish', () => {
      this.#isFinished = true;
      if (!this.#isInContents) this.#waiting?.resolve();
    });
    this.#parser.on('entry', (header, contents, next) => {
      this.#isInContents = true;
      const take = this.#guarded(() => this.#entry(this.#placed(header)));
      // It breaks off with the archive, and an error that nobody listens to would end the process.
      contents.on('error', (error) => this.#fail(error, false));
      contents.on('data', (chunk) => this.#guarded(() => take?.(chunk as Uint8Array)));
      contents.on('end', () => {
        this.#isInContents = false;
        if (this.#isFinished) this.#waiting?.resolve();
        next();
      });
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#bytes += chunk.length;
    await this.#heard('the archive is not as expected', () => this.#parser.write(chunk));
  }

  async end(): Promise<void> {
    await this.#heard('the archive ended before the file did', () => {
      this.#parser.end(null);
      return false;
    });
    if (this.#bytes - this.#entryEnd < endBytes)
      throw new TarDamaged('the archive has no end: a file in it changed while it was read');
  }

  /** Lets go of what was not read; harmless after the end. */
  close(): void {
    this.#parser.destroy();
  }

  #placed(header: Header): TarEntry {
    const { size } = header;
    // Where the contents begin; tar-stream has it in every header, its types do not.
    const { byteOffset } = header as Header & { readonly byteOffset: number };
    const from = this.#entryEnd;
    this.#entryEnd = byteOffset + Math.ceil(size / blockBytes) * blockBytes;
    return { header, from, to: this.#entryEnd };
  }

  /** Runs the caller's code inside an event of the parser, where nobody would catch what it throws. */
  #guarded<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.#fail(error, true);
      this.#parser.destroy();
      return undefined;
    }
  }

  #fail(error: unknown, isOurs: boolean): void {
    this.#failure ??= { error, isOurs };
    this.#waiting?.reject(this.#failure.error);
  }

  /** Does something to the parser and waits until it was done, unless `act` says that it was done at once. */
  async #heard(damage: string, act: () => boolean): Promise<void> {
    this.#waiting = Promise.withResolvers<void>();
    // After a failure the parser is silent.
    if (this.#failure !== undefined || act()) this.#waiting.resolve();
    try {
      await this.#waiting.promise;
      if (this.#failure !== undefined) throw this.#failure.error;
    } catch (error) {
      throw this.#failure?.isOurs === true ? error : new TarDamaged(damage, { cause: error });
    }
  }
}

/**
 * A tar archive with one regular file that everybody may read, owned by root: what the engine takes to put a file into a
 * container. Throws when the name has folders or is too long for a plain header (100 bytes).
 */
export async function fileToArchive(name: string, bytes: Uint8Array, modifiedAt: number): Promise<Buffer> {
  if (name === '' || name.includes('/') || Buffer.byteLength(name) > 99)
    throw new Error(`${name} cannot be the name of a file in an archive`);
  const archive = pack();
  archive.entry({ name, mode: 0o644, mtime: new Date(modifiedAt) }, Buffer.from(bytes));
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
