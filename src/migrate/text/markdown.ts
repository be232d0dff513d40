/** A cell of a table: one line, and no character that ends it. */
const cell = (text: string) => text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ');

const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |\n`;

/** A table of GitHub's Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}`;
}

/** A word of the shell in single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A word of the shell: as it is, or in quotes where the shell would read more than a word. */
export function word(text: string): string {
  return /^[\w./:@=,-]+$/.test(text) ? text : quoted(text);
}

/** Commands to copy. */
export function shell(...lines: readonly string[]): string {
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`;
}

/** A value as code; backticks in it would end it. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('`', "'")}\``;
}

const isItem = (text: string) => /^(- \[ \] |\d+\. )/.test(text);

/** Paragraphs, each after an empty line; the items of a list stay together. */
export function paragraphs(...parts: readonly string[]): string {
  const kept = parts.filter((part) => part !== '').map((part) => part.trimEnd());
  return kept
    .map((part, index) => {
      const before = kept[index - 1];
      if (before === undefined) return part;
      return isItem(part) && isItem(before) && !before.includes('\n\n') ? `\n${part}` : `\n\n${part}`;
    })
    .join('')
    .concat('\n');
}
