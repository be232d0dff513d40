const begin = '<!-- results:power-cut -->';
const end = '<!-- /results:power-cut -->';

/** Puts the block between its markers; throws when the text has no such pair. */
export function withBlock(text: string, block: string): string {
  const { before, after } = parts(text);
  return `${before}${begin}\n\n${block.trim()}\n\n${end}${after}`;
}

/** What stands between the markers now. */
export function blockOf(text: string): string {
  return parts(text).block;
}

function parts(text: string): { before: string; block: string; after: string } {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the text lacks ${begin} and ${end}`);
  return {
    before: text.slice(0, from),
    block: text.slice(from + begin.length, to).trim(),
    after: text.slice(to + end.length),
  };
}
