import { isFields, isSame, type Fields } from '../../harden/fields/fields.ts';
import type { Asked } from './asked.ts';

/** What the API server would fill in, given the fields beside it; undefined: nothing. */
type Default = string | number | boolean | Fields | readonly unknown[] | ((beside: Fields) => unknown);

/** Which fields of a part of an object have a default, and the parts below it. */
export interface Shape {
  /** Compared after the defaults below it are gone: `{}` stands for a part that holds nothing but defaults. */
  readonly defaults?: Readonly<Record<string, Default>>;
  readonly fields?: Readonly<Record<string, Shape>>;
  /** Maps into which single entries are filled: what they are, given the fields beside the map. */
  readonly filled?: Readonly<Record<string, (beside: Fields) => Fields>>;
  /** Of a list: its items. */
  readonly items?: Shape;
  /** Of a map with names of somebody's own: its values. */
  readonly values?: Shape;
}

const isSet = (value: unknown) => value !== undefined && value !== null;

function defaultOf(shape: Shape, name: string, beside: Fields): unknown {
  const wanted = shape.defaults?.[name];
  return typeof wanted === 'function' ? wanted(beside) : wanted;
}

/** A map without the entries that the API server has filled into it; undefined: none is left. */
function withoutFilled(map: unknown, filled: Fields, asked: Asked): unknown {
  if (!isFields(map)) return map;
  const kept = Object.entries(map).filter(
    ([name, value]) => asked.field(name).yes || !isSame(value, filled[name]),
  );
  return kept.length === 0 && Object.keys(map).length > 0 ? undefined : Object.fromEntries(kept);
}

/** The part below a field without its own defaults; undefined: nothing of it is left. */
function leftOf(
  name: string,
  value: Fields,
  { shape, asked }: { readonly shape: Shape; readonly asked: Asked },
) {
  const inner = shape.fields?.[name] ?? shape.values;
  const known = asked.field(name);
  const left = inner === undefined ? value[name] : withoutDefaults(value[name], inner, known);
  const fill = shape.filled?.[name];
  return fill === undefined ? left : withoutFilled(left, fill(value), known);
}

/**
 * The value without what the API server would fill in again: a field goes when it holds its default and nobody is known to
 * have asked for it. Anything else stays.
 */
export function withoutDefaults(value: unknown, shape: Shape, asked: Asked): unknown {
  if (Array.isArray(value)) {
    const { items } = shape;
    if (items === undefined) return value;
    return value.map((item, index) => withoutDefaults(item, items, asked.item(item, index)));
  }
  if (!isFields(value)) return value;
  const kept = Object.entries(value).flatMap(([name, field]) => {
    if (!isSet(field)) return [];
    const left = leftOf(name, value, { shape, asked });
    if (left === undefined) return [];
    const wanted = defaultOf(shape, name, value);
    const goes = wanted !== undefined && !asked.field(name).yes && isSame(left, wanted);
    return goes ? [] : [[name, left] as const];
  });
  return Object.fromEntries(kept);
}
