import { isMap, isScalar, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';

/** A part of the text, as YAML's nodes have it. */
interface Place {
  readonly start: number;
  readonly end: number;
}

function placeOf(node: unknown): Place {
  const [start, end] = (node as Node).range ?? [0, 0];
  return { start, end };
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function cut(text: string, { start, end }: Place, instead = ''): string {
  return text.slice(0, start) + instead + text.slice(end);
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Adds a pair as the first one of a map, in the map's own way of writing. */
function addFirst(text: string, map: YAMLMap, pair: string): string {
  const { start } = placeOf(map);
  if (map.flow === true) {
    const inside = text.slice(start + 1).startsWith(' ') ? start + 1 : start;
    const spaced =
      inside === start
        ? `${pair}${map.items.length > 0 ? ', ' : ''}`
        : ` ${pair}${map.items.length > 0 ? ',' : ''}`;
    return cut(text, { start: start + 1, end: start + 1 }, spaced);
  }
  const first = placeOf(map.items[0]?.key).start;
  const indent = text.slice(lineStart(text, first), first);
  return cut(text, { start: first, end: first }, `${pair}\n${indent}`);
}

/** Takes a pair out: in a map of several lines with its line, in one of one line with its comma. */
function remove(text: string, map: YAMLMap, pair: Pair): string {
  const { start } = placeOf(pair.key);
  const { end } = placeOf(pair.value);
  if (map.flow === true) {
    const after = /^\s*,\s*/.exec(text.slice(end))?.[0].length;
    if (after !== undefined) return cut(text, { start, end: end + after });
    const before = /,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0;
    return cut(text, { start: start - before, end });
  }
  const lineEnd = text.indexOf('\n', end);
  return cut(text, { start: lineStart(text, start), end: lineEnd < 0 ? text.length : lineEnd + 1 });
}

/** Takes the profile out; a map that would be left empty goes with it, for it was not there before. */
function without(text: string, [top, spec, pooler]: readonly [YAMLMap, YAMLMap, YAMLMap]): string {
  const profile = pairOf(pooler, 'profile');
  if (profile === undefined) return text;
  const inSpec = pairOf(spec, 'pooler');
  if (pooler.items.length > 1 || inSpec === undefined) return remove(text, pooler, profile);
  const inTop = pairOf(top, 'spec');
  if (spec.items.length > 1 || spec.flow === true || inTop === undefined) return remove(text, spec, inSpec);
  return remove(text, top, inTop);
}

/** The map under this key; undefined where there is none, or nothing under it. */
function mapAt(map: YAMLMap, key: string): YAMLMap | undefined {
  const value = pairOf(map, key)?.value;
  return isMap(value) ? value : undefined;
}

/**
 * The text of a stack file with this profile under spec.pooler.profile, or with none; everything else, comments and
 * layout included, stays as it is. The text must be a valid stack file.
 */
export function withPoolerProfile(text: string, profile: string | undefined): string {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new TypeError('a stack file is a map');
  const spec = mapAt(contents, 'spec');
  const pooler = spec && mapAt(spec, 'pooler');
  if (profile === undefined)
    return spec === undefined || pooler === undefined ? text : without(text, [contents, spec, pooler]);
  const written = pooler && pairOf(pooler, 'profile')?.value;
  if (written !== undefined) return cut(text, placeOf(written), profile);
  if (pooler !== undefined) return addFirst(text, pooler, `profile: ${profile}`);
  if (spec !== undefined) return addFirst(text, spec, `pooler: { profile: ${profile} }`);
  return `${text}${text.endsWith('\n') ? '' : '\n'}spec:\n  pooler: { profile: ${profile} }\n`;
}
