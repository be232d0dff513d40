import { isFields, isSame, type Fields } from '../../harden/fields/fields.ts';
import type { Asked } from './asked.ts';

/** What the API server would fill in, given the fields beside it; undefined: nothing. */
type Default = string | number | boolean | Fields | readonly unknown[] | ((beside: Fields) => unknown);

/** Which fields of a part of an object have a default, and the parts below it. */
export interface Shape {
  /** Compared after the defaults below it are gone: `{}` stands for a part that holds nothing but defaults. */
  readonly defaults?: Readonly<Record<string, Default>>;
  readonly fields?: Readonly<Record<string, Shape>>;
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
    const inner = shape.fields?.[name] ?? shape.values;
    const known = asked.field(name);
    const left = inner === undefined ? field : withoutDefaults(field, inner, known);
    const wanted = defaultOf(shape, name, value);
    const goes = wanted !== undefined && !known.yes && isSame(left, wanted);
    return goes ? [] : [[name, left] as const];
  });
  return Object.fromEntries(kept);
}
