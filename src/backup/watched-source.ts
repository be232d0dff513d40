/** Bytes on their way through something that may find fault with them, and what their own source failed with. */
export interface WatchedSource {
  readonly bytes: AsyncGenerator<Buffer>;
  /** Undefined: the source has not failed, so whatever went wrong was made of its bytes. */
  readonly failure: () => { readonly error: unknown } | undefined;
}

/**
 * Tells trouble of the source (a connection, a disk) from what is wrong with the bytes that it gave. Only what reading it throws counts:
 * whoever finds the bytes to be wrong throws that into the generator as well.
 */
export function watchedSource(source: AsyncIterable<Buffer>): WatchedSource {
  let failure: { readonly error: unknown } | undefined;
  async function* read(): AsyncGenerator<Buffer> {
    const iterator = source[Symbol.asyncIterator]();
    const next = async (): Promise<IteratorResult<Buffer, unknown>> => {
      try {
        return await iterator.next();
      } catch (error) {
        failure = { error };
        throw error;
      }
    };
    try {
      for (let step = await next(); step.done !== true; step = await next()) yield step.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { bytes: read(), failure: () => failure };
}
