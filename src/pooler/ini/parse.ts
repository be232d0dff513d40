/**
 * One piece of a pgbouncer.ini, with the text that it stands for. The pieces of a file, one after the other, are the
 * file: whatever is not touched stays as it is, byte for byte.
 */
export type IniItem =
  /** White space between two pieces, line breaks included. */
  | { readonly kind: 'space'; readonly raw: string }
  | { readonly kind: 'comment'; readonly raw: string }
  | { readonly kind: 'section'; readonly raw: string; readonly name: string }
  /** `head` is everything before the value: key, spaces, `=`, spaces. */
  | {
      readonly kind: 'entry';
      readonly raw: string;
      readonly head: string;
      readonly key: string;
      readonly value: string;
    }
  | { readonly kind: 'include'; readonly raw: string; readonly file: string }
  /** PgBouncer refuses the file here and reads no further: the rest of it. */
  | { readonly kind: 'broken'; readonly raw: string }
  /** PgBouncer sees the end of the file in a NUL character: the rest, which it never reads. */
  | { readonly kind: 'unread'; readonly raw: string };

/** A pgbouncer.ini as its pieces. */
export type IniDocument = readonly IniItem[];

/** C's isspace() and isblank(), which PgBouncer uses. */
const space = /[ \t\n\v\f\r]+/y;
const trailingSpace = /[ \t\n\v\f\r]+$/;

const include = /%include[ \t]+/y;
const section = /\[([^\]\n\0]*)\]/y;
/** A plain key may be empty, a quoted one not, and a quoted one may go over several lines. */
const head = /(?:'([^'\0]+)'|([A-Za-z0-9_.\-*]*))[ \t]*=[ \t]*/y;
const restOfLine = /[^\n\0]*/y;

function at(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text) ?? undefined;
}

/** The rest of the line without the white space at its end, which belongs to no value. */
function trimmedLine(text: string, index: number): string {
  return (at(restOfLine, text, index)?.[0] ?? '').replace(trailingSpace, '');
}

function entryAt(text: string, index: number): IniItem {
  const start = at(head, text, index);
  if (start === undefined) return { kind: 'broken', raw: text.slice(index) };
  const [before, quoted, plain = ''] = start;
  const value = trimmedLine(text, index + before.length);
  return { kind: 'entry', raw: before + value, head: before, key: quoted ?? plain, value };
}

/** The piece that begins at `index`; PgBouncer's own order of questions. */
function itemAt(text: string, index: number): IniItem {
  const blank = at(space, text, index)?.[0];
  if (blank !== undefined) return { kind: 'space', raw: blank };
  if (text[index] === '\0') return { kind: 'unread', raw: text.slice(index) };
  const includes = at(include, text, index)?.[0];
  if (includes !== undefined) {
    const file = trimmedLine(text, index + includes.length);
    // Without a name the spaces after the word are at the end of a line, and stay with the word.
    return { kind: 'include', raw: includes + file, file };
  }
  if (text[index] === '#' || text[index] === ';') return { kind: 'comment', raw: trimmedLine(text, index) };
  const header = at(section, text, index);
  if (header !== undefined) return { kind: 'section', raw: header[0], name: header[1] ?? '' };
  return entryAt(text, index);
}

/**
 * Reads a pgbouncer.ini as PgBouncer does: `;` and `#` begin a comment only where a key could stand, a value goes to the
 * end of its line, a key may be quoted, and something may follow a section's header on its line. Never throws; what
 * PgBouncer would refuse is a piece of its own. Source: libusual, usual/cfparser.c, parse_ini_file_internal(), at the
 * commits of PgBouncer 1.18.0 (b0bc727) and of 2025-06 (4c77495); quoted keys only since the latter.
 */
export function parseIni(text: string): IniDocument {
  const items: IniItem[] = [];
  for (let index = 0; index < text.length;) {
    const item = itemAt(text, index);
    items.push(item);
    index += item.raw.length;
  }
  return items;
}

/** The text of the file; `printIni(parseIni(text))` is `text`. */
export function printIni(document: IniDocument): string {
  return document.map(({ raw }) => raw).join('');
}

/** Line of the piece at that place, counted from 1. */
export function lineOf(document: IniDocument, place: number): number {
  return printIni(document.slice(0, place)).split('\n').length;
}
