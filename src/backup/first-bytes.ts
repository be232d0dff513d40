/** The beginning of a stream, and what comes behind it. */
export interface FirstBytes {
  readonly first: Buffer;
  readonly rest: AsyncGenerator<Buffer>;
}

async function* following(left: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (left.length > 0) yield left;
  yield* rest;
}

/**
 * Reads until `endOf` knows where the beginning of these bytes ends (undefined: not yet). Undefined when the stream ends before that, or
 * when more than `longest` bytes were not enough.
 */
export async function firstBytes(
  stream: AsyncGenerator<Buffer>,
  endOf: (held: Buffer) => number | undefined,
  longest: number,
): Promise<FirstBytes | undefined> {
  let held = Buffer.alloc(0);
  while (held.length < longest) {
    // One after the other: each step may be the last.
    const step = await stream.next();
    if (step.done === true) return undefined;
    held = Buffer.concat([held, step.value]);
    const end = endOf(held);
    if (end !== undefined)
      return { first: held.subarray(0, end), rest: following(held.subarray(end), stream) };
  }
  return undefined;
}
