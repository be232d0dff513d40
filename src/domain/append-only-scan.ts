/**
 * What is behind the last complete command of an append-only file: nothing; NUL bytes up to the end (the file had been
 * made longer when the power went, its data had not been written yet), perhaps behind the beginning of a command or an
 * open transaction, which Redis itself drops from a file that ends there (`aof-load-truncated yes`, its default); such a
 * beginning that ends with the file; or anything else.
 */
export type AppendOnlyTail = 'none' | 'nul' | 'cut-short' | 'other';

export interface AppendOnlyVerdict {
  /** Bytes that were read. */
  readonly size: number;
  /** End of the last complete command outside an open MULTI, as `redis-check-aof` counts it; bytes from the start. */
  readonly validUpTo: number;
  readonly tail: AppendOnlyTail;
}

/** Longest line that Redis reads at once (server.h, AOF_ANNOTATION_LINE_MAX_LEN); longer ones are no annotation. */
const longestAnnotation = 1024;

/** `*` or `$`, ten digits at most (512 MiB is the longest value), CR and LF. */
const header = /^[*$](0|[1-9]\d{0,9})\r\n$/;

/** Whatever can still become a header, and an annotation, when more bytes come. */
const partOfHeader = /^[*$]((0|[1-9]\d{0,9})\r?)?$/;
const partOfAnnotation = /^#[\x20-\x7e]*\r?$/;

/** MULTI and EXEC are the only commands whose name matters here; longer names need not be kept. */
const longestName = 5;

const code = { star: 0x2a, hash: 0x23, lineFeed: 0x0a };

/** Where in the file the walk is: between two records, in an annotation, or in one part of a command. */
type Place = 'boundary' | 'annotation' | 'count' | 'length' | 'value' | 'value-end' | 'broken';

/**
 * Walks an append-only file of Redis 7 (RESP commands and `#TS:` annotations) chunk by chunk, in memory that does not
 * grow with the file. Stricter than Redis, which skips the two bytes behind a value without a look at them: what is
 * not well-formed to the byte ends the valid part. Never throws; an RDB file is `other` from its first byte.
 * Sources: redis/redis src/aof.c loadSingleAppendOnlyFile; src/redis-check-aof.c checkSingleAof.
 */
export class AppendOnlyScan {
  #size = 0;
  #validUpTo = 0;
  #state: Place = 'boundary';
  #line = '';
  #argumentsLeft = 0;
  #bytesLeft = 0;
  /** First argument of the command, kept only while it can be MULTI or EXEC. */
  #name: string | undefined;
  #isName = false;
  #inTransaction = false;
  /** The byte that broke it and all behind it are NUL. */
  #onlyNul = false;

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) at += this.#take(chunk, at);
    this.#size += chunk.length;
  }

  end(): AppendOnlyVerdict {
    return { size: this.#size, validUpTo: this.#validUpTo, tail: this.#tail() };
  }

  #tail(): AppendOnlyTail {
    if (this.#state === 'broken') return this.#onlyNul ? 'nul' : 'other';
    return this.#state === 'boundary' && !this.#inTransaction ? 'none' : 'cut-short';
  }

  /** Takes one byte, or as many as belong to the same value; answers how many. */
  #take(chunk: Uint8Array, at: number): number {
    if (this.#state === 'value') return this.#takeValue(chunk, at);
    if (this.#state === 'broken') return this.#takeBroken(chunk, at);
    this.#takeByte(chunk[at] ?? 0, this.#size + at);
    return 1;
  }

  #takeValue(chunk: Uint8Array, at: number): number {
    const bytes = chunk.subarray(at, at + this.#bytesLeft);
    if (this.#isName && this.#name !== undefined) this.#name += String.fromCharCode(...bytes);
    this.#bytesLeft -= bytes.length;
    if (this.#bytesLeft === 0) this.#begin('value-end');
    return bytes.length;
  }

  #takeBroken(chunk: Uint8Array, at: number): number {
    if (this.#onlyNul) this.#onlyNul = chunk.subarray(at).every((byte) => byte === 0);
    return chunk.length - at;
  }

  #takeByte(byte: number, offset: number): void {
    if (this.#state === 'boundary') {
      this.#startRecord(byte);
      return;
    }
    this.#line += String.fromCharCode(byte);
    if (this.#state === 'value-end') this.#endValue(byte, offset);
    else if (this.#state === 'annotation') this.#endAnnotation(byte, offset);
    else this.#endHeader(byte);
  }

  #startRecord(byte: number): void {
    if (byte === code.star) this.#begin('count');
    else if (byte === code.hash) this.#begin('annotation');
    else {
      this.#break(byte);
      return;
    }
    this.#line = String.fromCharCode(byte);
  }

  /** Everything before this byte may belong to a well-formed file, this byte may not. */
  #break(byte: number): void {
    this.#onlyNul = byte === 0;
    this.#begin('broken');
  }

  #begin(state: Place): void {
    this.#state = state;
    this.#line = '';
  }

  #endAnnotation(byte: number, offset: number): void {
    if (byte === code.lineFeed && this.#line.endsWith('\r\n')) this.#completeRecord(offset + 1);
    else if (!partOfAnnotation.test(this.#line) || this.#line.length >= longestAnnotation) this.#break(byte);
  }

  #endHeader(byte: number): void {
    if (byte !== code.lineFeed) {
      const marker = this.#state === 'count' ? '*' : '$';
      if (!this.#line.startsWith(marker) || !partOfHeader.test(this.#line)) this.#break(byte);
      return;
    }
    const digits = header.exec(this.#line)?.[1];
    if (digits === undefined) this.#break(byte);
    else if (this.#state === 'count') this.#startCommand(Number(digits));
    else this.#startValue(Number(digits));
  }

  #startCommand(count: number): void {
    this.#argumentsLeft = count;
    this.#isName = true;
    if (count === 0) this.#break(code.lineFeed);
    else this.#begin('length');
  }

  #startValue(length: number): void {
    this.#bytesLeft = length;
    if (this.#isName) this.#name = length <= longestName ? '' : undefined;
    this.#begin(length === 0 ? 'value-end' : 'value');
  }

  #endValue(byte: number, offset: number): void {
    if (this.#line === '\r') return;
    this.#isName = false;
    this.#argumentsLeft -= 1;
    if (this.#line !== '\r\n') this.#break(byte);
    else if (this.#argumentsLeft > 0) this.#begin('length');
    else this.#endCommand(offset + 1);
  }

  /** A second MULTI or an EXEC without one is as wrong as a broken command (redis-check-aof.c, processRESP). */
  #endCommand(end: number): void {
    const name = this.#name?.toLowerCase();
    const isWrong = (name === 'multi' && this.#inTransaction) || (name === 'exec' && !this.#inTransaction);
    if (name === 'multi') this.#inTransaction = true;
    if (name === 'exec') this.#inTransaction = false;
    if (isWrong) this.#break(code.lineFeed);
    else this.#completeRecord(end);
  }

  #completeRecord(end: number): void {
    this.#begin('boundary');
    if (!this.#inTransaction) this.#validUpTo = end;
  }
}
