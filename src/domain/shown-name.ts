/** Longer names are cut: a line is for people. */
const longest = 100;

/** Names that a list shows; the rest is counted. */
const listed = 5;

/**
 * Whatever steers a terminal, breaks a line or turns the direction of the text (Unicode categories C, Zl and Zp), and the
 * backslash, so that an escape cannot be mistaken for a name.
 */
const unsafe = /[\p{C}\p{Zl}\p{Zp}\\]/gu;

function escaped(character: string): string {
  return character === '\\' ? '\\\\' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A file's name as it may be shown: a name is anybody's to choose and may hold any byte but `/` and NUL. */
export function shownName(name: string): string {
  const characters = Array.from(name);
  const cut = characters.slice(0, longest).join('').replaceAll(unsafe, escaped);
  return characters.length > longest ? `${cut}…` : cut;
}

/** The first few names, and how many more there are; `isWhole` false: there are more than these, nobody knows how many. */
export function shownNames(names: readonly string[], isWhole = true): string {
  const first = names.slice(0, listed).map(shownName).join(', ');
  if (!isWhole) return `${first} and more`;
  return names.length > listed ? `${first} and ${names.length - listed} more` : first;
}

/** A text of somebody else, in which names may stand, as it may be shown. */
export function escapedText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
}
