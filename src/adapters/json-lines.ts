/** A line that is longer is no event of the engine or of Kubernetes (etcd keeps no object above 1.5 MiB), characters. */
const longestLine = 4 * 1024 * 1024;

/**
 * JSON values of a stream that has one on each line, as they come. Throws SyntaxError for a line that is none, and
 * RangeError for one that does not end.
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
    if (rest.length > longestLine) throw new RangeError('a line of the stream does not end');
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield JSON.parse(rest);
}
