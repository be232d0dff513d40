import { EngineRefused } from './errors.ts';
import { blockBytes, describing, readTarHeader, regular } from './tar-header.ts';

const kinds: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '5': 'a folder',
};

export interface FileInArchiveOptions {
  readonly limitBytes: number;
  readonly take: (chunk: Uint8Array) => void;
  /** For messages. */
  readonly place: string;
}

/**
 * Takes a tar archive chunk by chunk and hands on the contents of its first file. Throws EngineRefused for anything
 * but a regular file within the limit, and at the end for one that is not whole.
 */
export class FileInArchive {
  readonly #options: FileInArchiveOptions;
  #header = Buffer.alloc(0);
  #state: 'header' | 'skipped' | 'contents' | 'done' = 'header';
  /** Bytes that are left in the state. */
  #left = blockBytes;
  #size = 0;

  constructor(options: FileInArchiveOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0 && this.#state !== 'done') {
      const piece = rest.subarray(0, this.#left);
      rest = rest.subarray(piece.length);
      this.#left -= piece.length;
      if (this.#state === 'header') this.#header = Buffer.concat([this.#header, piece]);
      if (this.#state === 'contents') this.#options.take(piece);
      if (this.#left === 0) this.#next();
    }
  }

  /** Size of the file in bytes. */
  end(): number {
    if (this.#state !== 'done') throw this.#unusable('the archive ended before the file did');
    return this.#size;
  }

  #next(): void {
    if (this.#state === 'header') this.#readHeader();
    else if (this.#state === 'skipped') this.#expect('header', blockBytes);
    else this.#state = 'done';
  }

  #expect(state: 'header' | 'skipped' | 'contents', bytes: number): void {
    this.#header = Buffer.alloc(0);
    this.#state = state;
    this.#left = bytes;
    if (bytes === 0) this.#next();
  }

  #readHeader(): void {
    const header = readTarHeader(this.#header);
    if (header === undefined) throw this.#unusable('the archive is not as expected');
    const { size, kind } = header;
    if (describing.has(kind)) {
      this.#expect('skipped', Math.ceil(size / blockBytes) * blockBytes);
      return;
    }
    if (!regular.has(kind)) throw this.#unusable(`it is ${kinds[kind] ?? 'no regular file'}`);
    const { limitBytes } = this.#options;
    if (size > limitBytes) throw this.#unusable(`it has ${size} bytes, more than ${limitBytes}`);
    this.#size = size;
    this.#expect('contents', size);
  }

  #unusable(cause: string): EngineRefused {
    return new EngineRefused(undefined, {
      what: 'The file could not be read',
      cause,
      place: this.#options.place,
      next: 'Look at it by hand: docker exec with ls -l.',
    });
  }
}
