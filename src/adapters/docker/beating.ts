/** Passes chunks on and says at each that there was one. `failed` turns an error of the source into what is thrown. */
export async function* beating(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  beat: () => void,
  failed: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks) {
      beat();
      yield chunk;
    }
  } catch (error) {
    throw failed(error);
  }
}
