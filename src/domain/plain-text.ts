import { stripVTControlCharacters } from 'node:util';

/** Nobody reads more of a sentence, a log line or an error that somebody else wrote, characters. */
const longestLine = 1000;

/** The same for a line that is ours in the main, a command to paste for example, characters. */
const longestOfLines = 8000;

/** Only so many times the longest line is looked at: a line of a log may be megabytes long. */
const lookedAt = 4;

function cut(text: string, longest: number, isAll: boolean): string {
  const points = Array.from(text);
  if (points.length <= longest && isAll) return text;
  return `${points.slice(0, Math.max(0, longest - 1)).join('')}…`;
}

/**
 * A text as one line that can be shown anywhere, at most `longest` characters: without escape sequences, control
 * characters, line breaks and the invisible characters that turn text around (Unicode general category C). What a
 * cluster says may hold all of them, by accident or to look like something that this program said.
 */
export function plainLine(text: string, longest = longestLine): string {
  const looked = text.slice(0, longest * lookedAt);
  const plain = stripVTControlCharacters(looked)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  return cut(plain, longest, looked.length === text.length);
}

/** The same for a text of several lines, whose line breaks and indentation are meant. */
export function plainLines(text: string, longest = longestOfLines): string {
  return text
    .split('\n')
    .map((line) => {
      const looked = line.slice(0, longest * lookedAt);
      const plain = stripVTControlCharacters(looked).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ');
      return cut(plain, longest, looked.length === line.length);
    })
    .join('\n');
}
