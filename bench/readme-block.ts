/** The blocks of the README that are made from raw results. */
export type BlockName = 'power-cut' | 'refusals' | 'always-on' | 'way-out';

const begin = (name: BlockName) => `<!-- results:${name} -->`;
const end = (name: BlockName) => `<!-- /results:${name} -->`;

/** Puts the block between its markers; throws when the text has no such pair. */
export function withBlock(text: string, name: BlockName, block: string): string {
  const { before, after } = parts(text, name);
  return `${before}${begin(name)}\n\n${block.trim()}\n\n${end(name)}${after}`;
}

/** What stands between the markers now. */
export function blockOf(text: string, name: BlockName): string {
  return parts(text, name).block;
}

function parts(text: string, name: BlockName): { before: string; block: string; after: string } {
  const from = text.indexOf(begin(name));
  const to = text.indexOf(end(name));
  if (from < 0 || to < from) throw new Error(`the text lacks ${begin(name)} and ${end(name)}`);
  return {
    before: text.slice(0, from),
    block: text.slice(from + begin(name).length, to).trim(),
    after: text.slice(to + end(name).length),
  };
}
