/** All of a part's plain bytes as text; only for parts that are known to be small. Throws what the stream fails with. */
export async function wholeText(plain: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of plain) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
