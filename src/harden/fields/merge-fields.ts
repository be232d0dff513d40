import { isFields, itemsOf, keyOfList, type Fields } from './fields.ts';

/**
 * The object with a strategic merge patch on it, as far as the measures use one: fields are merged, lists of containers by
 * name with new ones at the end, other lists are replaced, and null removes (kubernetes.io, Update API Objects in Place
 * Using kubectl patch).
 */
export function mergeFields(live: Fields, patch: Fields): Fields {
  const merged: Record<string, unknown> = { ...live };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergeValue(name, merged[name], value);
  }
  return merged;
}

function mergeValue(name: string, live: unknown, patch: unknown): unknown {
  const key = keyOfList(name, live, patch);
  if (key !== undefined) return mergeItems(itemsOf(live), itemsOf(patch), key);
  return isFields(patch) ? mergeFields(isFields(live) ? live : {}, patch) : patch;
}

function mergeItems(live: readonly Fields[], patch: readonly Fields[], key: string): readonly Fields[] {
  const changed = live.map((item) => {
    const change = patch.find((entry) => entry[key] === item[key]);
    return change === undefined ? item : mergeFields(item, change);
  });
  const added = patch.filter((entry) => !live.some((item) => item[key] === entry[key]));
  return [...changed, ...added.map((entry) => mergeFields({}, entry))];
}

/**
 * The object without the fields that `part` names, whatever their values. What is empty after that and was not before
 * goes as well; an item of a list goes when nothing but its key is left.
 */
export function subtractFields(object: Fields, part: Fields): Fields {
  const left: Record<string, unknown> = { ...object };
  for (const [name, value] of Object.entries(part)) {
    if (!Object.hasOwn(left, name)) continue;
    const rest = subtractValue(name, left[name], value);
    if (rest === undefined) delete left[name];
    else left[name] = rest;
  }
  return left;
}

function subtractValue(name: string, live: unknown, part: unknown): unknown {
  const key = keyOfList(name, live, part);
  if (key !== undefined && Array.isArray(live)) {
    const items = itemsOf(live).flatMap((item) => subtractItem(item, itemsOf(part), key));
    return items.length === 0 ? undefined : items;
  }
  if (!isFields(live) || !isFields(part) || Object.keys(part).length === 0) return undefined;
  const rest = subtractFields(live, part);
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function subtractItem(item: Fields, parts: readonly Fields[], key: string): readonly Fields[] {
  const part = parts.find((entry) => entry[key] === item[key]);
  if (part === undefined) return [item];
  const { [key]: name, ...rest } = subtractFields({ ...item }, { ...part, [key]: undefined });
  return Object.keys(rest).length === 0 ? [] : [{ [key]: name ?? item[key], ...rest }];
}

/** Only what `shape` names of an object, whatever is there: the names of containers stay, so that people can tell them apart. */
export function projectFields(object: Fields, shape: Fields): Fields {
  const found = Object.entries(shape).flatMap(([name, value]) => {
    const there = projectValue(name, object[name], value);
    return there === undefined ? [] : [[name, there] as const];
  });
  return Object.fromEntries(found);
}

function projectValue(name: string, live: unknown, shape: unknown): unknown {
  const key = keyOfList(name, live, shape);
  if (key !== undefined && Array.isArray(live)) {
    const items = itemsOf(live).flatMap((item) => {
      const part = itemsOf(shape).find((entry) => entry[key] === item[key]);
      return part === undefined ? [] : [projectFields(item, part)];
    });
    return items.length === 0 ? undefined : items;
  }
  if (!isFields(live) || !isFields(shape)) return live;
  const found = projectFields(live, shape);
  return Object.keys(found).length === 0 && Object.keys(live).length > 0 ? undefined : found;
}

/** Which fields a patch names, without what they are set to: enough to take them away again (`subtractFields`). */
export function shapeOf(patch: Fields): Fields {
  return Object.fromEntries(Object.entries(patch).map(([name, value]) => [name, shapeOfValue(name, value)]));
}

function shapeOfValue(name: string, value: unknown): unknown {
  const key = keyOfList(name, value);
  if (key !== undefined)
    return itemsOf(value).map((item) => Object.assign({}, shapeOf(item), { [key]: item[key] }));
  return isFields(value) ? shapeOf(value) : null;
}
