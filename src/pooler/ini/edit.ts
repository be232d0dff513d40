import { lineOf, parseIni, printIni, type IniDocument, type IniItem } from './parse.ts';

/** The file cannot be edited without a guess; `line` is the one that is in the way, from 1. */
export class IniNotEditable extends Error {
  override readonly name = 'IniNotEditable';
  readonly line: number;

  constructor(why: string, line: number) {
    super(`line ${line}: ${why}`);
    this.line = line;
  }
}

/** The section that PgBouncer's own settings are in. */
const main = 'pgbouncer';

/** The pieces of a section: its header is at `start - 1`, the next header, or the end of the file, at `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The section [pgbouncer] that counts. Each further header of this name puts every setting back to its default
 * (fill_defaults() in usual/cfparser.c), so only what stands below the last one is in force. Throws IniNotEditable.
 */
function mainSection(document: IniDocument): Range {
  const broken = document.findIndex(({ kind }) => kind === 'broken');
  if (broken >= 0) {
    throw new IniNotEditable(
      'PgBouncer does not understand this and refuses the file',
      lineOf(document, broken),
    );
  }
  const header = document.findLastIndex((item) => item.kind === 'section' && item.name === main);
  if (header < 0) throw new IniNotEditable('there is no section [pgbouncer] in this file', 1);
  const next = document.findIndex((item, place) => place > header && item.kind === 'section');
  const unread = document.findIndex(({ kind }) => kind === 'unread');
  const ends = [next, unread].filter((place) => place > header);
  return { start: header + 1, end: Math.min(document.length, ...ends) };
}

function lineBreakOf(document: IniDocument): string {
  return /\r?\n/.exec(printIni(document))?.[0] ?? '\n';
}

/**
 * Where a new line of the section goes: after its last entry, but before a file that it includes. What an included file
 * says can come after this line and change it, but it may also begin another section, in which our line would make
 * PgBouncer refuse everything.
 */
function anchor(document: IniDocument, { start, end }: Range): number {
  const included = document.findIndex(
    ({ kind }, place) => place >= start && place < end && kind === 'include',
  );
  const limit = included < 0 ? end : included;
  return document.findLastIndex(({ kind }, place) => place < limit && place >= start && kind === 'entry');
}

/** Splits white space where its first line ends; undefined where it has no line break. */
function splitAtBreak(item: IniItem): readonly [string, string] | undefined {
  const found = /\r?\n/.exec(item.raw);
  if (item.kind !== 'space' || found === null) return undefined;
  return [item.raw.slice(0, found.index), item.raw.slice(found.index)];
}

function spaceOf(raw: string): readonly IniItem[] {
  return raw === '' ? [] : [{ kind: 'space', raw }];
}

/**
 * Puts a line after the one that the piece at `after` stands on. Throws IniNotEditable where that line holds something
 * that our line would tear from it.
 */
function insertLine(document: IniDocument, after: number, line: string): IniDocument {
  const added = spaceOf(`${lineBreakOf(document)}${line}`);
  for (let place = after + 1; place < document.length; place += 1) {
    const item = document[place];
    if (item === undefined) break;
    const split = splitAtBreak(item);
    if (split !== undefined) {
      const [before, rest] = split;
      return [
        ...document.slice(0, place),
        ...spaceOf(before),
        ...added,
        ...spaceOf(rest),
        ...document.slice(place + 1),
      ];
    }
    if (item.kind !== 'space' && item.kind !== 'comment') {
      throw new IniNotEditable('more than a section header stands on its line', lineOf(document, place));
    }
  }
  return [...document, ...added];
}

/** Reads the result anew: pieces that were glued together become what PgBouncer sees in them. */
function withLine(document: IniDocument, range: Range, line: string): IniDocument {
  const entry = anchor(document, range);
  return parseIni(printIni(insertLine(document, entry < 0 ? range.start - 1 : entry, line)));
}

function assertOneLine(text: string): void {
  if (text !== text.trim() || /[\n\r\0]/.test(text))
    throw new TypeError('it must be one line without spaces around it');
}

/**
 * Sets one of PgBouncer's own settings: changes the value of the entry that counts, or adds one line to the section
 * [pgbouncer] (at the end of the file it would belong to whatever section is last, and PgBouncer would not start). Nothing
 * else changes. Throws IniNotEditable, and TypeError for a value that is more than a line.
 */
export function setParameter(document: IniDocument, key: string, value: string): IniDocument {
  assertOneLine(value);
  const range = mainSection(document);
  const place = document.findLastIndex(
    (item, at) => at >= range.start && at < range.end && item.kind === 'entry' && item.key === key,
  );
  const known = document[place];
  if (known?.kind !== 'entry') return withLine(document, range, `${key} = ${value}`);
  if (known.value === value) return document;
  return document.with(place, { ...known, raw: known.head + value, value });
}

/** Whether the section [pgbouncer] that counts includes this file. Throws IniNotEditable. */
export function hasInclude(document: IniDocument, file: string): boolean {
  const { start, end } = mainSection(document);
  return document.some(
    (item, at) => at >= start && at < end && item.kind === 'include' && item.file === file,
  );
}

/**
 * Lets the section [pgbouncer] include a file of settings, which must have no section header of its own. One line is
 * added; a file that includes it already stays as it is. Throws IniNotEditable.
 */
export function addInclude(document: IniDocument, file: string): IniDocument {
  assertOneLine(file);
  if (hasInclude(document, file)) return document;
  return withLine(document, mainSection(document), `%include ${file}`);
}

/** Takes every line out that includes this file; the inverse of `addInclude`. */
export function removeInclude(document: IniDocument, file: string): IniDocument {
  const place = document.findIndex((item) => item.kind === 'include' && item.file === file);
  if (place < 0) return document;
  const start = printIni(document.slice(0, place)).length;
  const { from, to } = lineAround(printIni(document), start, start + (document[place]?.raw.length ?? 0));
  const text = printIni(document);
  return removeInclude(parseIni(text.slice(0, from) + text.slice(to)), file);
}

/**
 * What goes when the piece from `start` to `end` goes: its line with the line break before it (that is how lines are
 * added; the last one of a file may have none behind it), or the piece alone when something stands before it.
 */
function lineAround(
  text: string,
  start: number,
  end: number,
): { readonly from: number; readonly to: number } {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (text.slice(lineStart, start).trim() !== '') return { from: start, to: end };
  const lineEnd = end + (/^[^\n]*?(?=\r?\n|$)/.exec(text.slice(end))?.[0].length ?? 0);
  if (lineStart > 0) return { from: text.slice(0, lineStart).replace(/\r?\n$/, '').length, to: lineEnd };
  return { from: 0, to: lineEnd + (/^\r?\n/.exec(text.slice(lineEnd))?.[0].length ?? 0) };
}
