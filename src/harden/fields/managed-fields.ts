import { z } from 'zod';

import { isFields, isSame, itemsOf, keyOfList, type Fields } from './fields.ts';

/** Who set fields of an object, and which (`metadata.managedFields`). */
export interface FieldManager {
  readonly manager: string;
  /** FieldsV1: `f:name` a field, `k:{...}` an item of a list by its key, `v:...` one by its value, `.` the thing itself. */
  readonly tree: Fields;
  readonly applies: boolean;
}

const managedFieldsShape = z
  .array(
    z.object({
      manager: z.string().default('unknown'),
      operation: z.string().default('Update'),
      subresource: z.string().optional(),
      fieldsV1: z.record(z.string(), z.unknown()).default({}),
    }),
  )
  .default([]);

/** Everybody who set fields of this object apart from its status. */
export function fieldManagers(object: Fields): readonly FieldManager[] {
  const metadata = isFields(object['metadata']) ? object['metadata'] : {};
  const entries = managedFieldsShape.parse(metadata['managedFields'] ?? []);
  return entries
    .filter(({ subresource }) => subresource !== 'status')
    .map(({ manager, operation, fieldsV1 }) => ({
      manager,
      tree: fieldsV1,
      applies: operation === 'Apply',
    }));
}

/** A leaf: the manager has the whole value. */
const isLeaf = (tree: Fields) => Object.keys(tree).every((key) => key === '.');

const parts = (tree: Fields) =>
  Object.entries(tree).flatMap(([key, value]) =>
    key !== '.' && isFields(value) ? [[key, value] as const] : [],
  );

/**
 * The tree without what the other tree has as well. What the other has nothing of becomes a leaf: the whole value, with what
 * the API server has filled in, goes with it.
 */
function minus(tree: Fields, other: Fields): Fields {
  const rest = parts(tree).flatMap(([key, inner]) => {
    const also = other[key];
    if (!isFields(also)) return [[key, {}] as const];
    if (isLeaf(inner) || isLeaf(also)) return [];
    const left = minus(inner, also);
    return isLeaf(left) ? [] : [[key, left] as const];
  });
  return Object.fromEntries(rest);
}

/** All that any of the trees has. */
function union(trees: readonly Fields[]): Fields {
  const keys = new Set(trees.flatMap((tree) => Object.keys(tree)));
  return Object.fromEntries(
    [...keys].map((key) => [key, union(trees.flatMap((tree) => (isFields(tree[key]) ? [tree[key]] : [])))]),
  );
}

/** The part of a value that a tree names; an item of a list keeps its key. */
function extract(value: unknown, tree: Fields): unknown {
  if (isLeaf(tree)) return value;
  if (Array.isArray(value)) return extractItems(value as readonly unknown[], tree);
  if (!isFields(value)) return value;
  const found = parts(tree).flatMap(([key, inner]) => {
    const name = key.replace(/^f:/, '');
    return Object.hasOwn(value, name) ? [[name, extract(value[name], inner)] as const] : [];
  });
  return Object.fromEntries(found);
}

function extractItems(items: readonly unknown[], tree: Fields): readonly unknown[] {
  return parts(tree).flatMap(([key, inner]) => {
    if (key.startsWith('v:')) return items.filter((item) => isSame(item, JSON.parse(key.slice(2))));
    const wanted = JSON.parse(key.replace(/^k:/, '')) as Fields;
    const item = items.find(
      (entry) => isFields(entry) && Object.entries(wanted).every(([name, value]) => entry[name] === value),
    );
    if (item === undefined) return [];
    return [isLeaf(inner) ? item : { ...wanted, ...(extract(item, inner) as Fields) }];
  });
}

/**
 * What this manager has applied to the object, as it is now; undefined when it has applied nothing. It is what has to be
 * applied again so that nothing changes (kubernetes.io, Server-Side Apply: what is left out is removed).
 */
export function appliedBy(object: Fields, manager: string): Fields | undefined {
  const own = fieldManagers(object).find((entry) => entry.manager === manager && entry.applies);
  return own === undefined ? undefined : (extract(object, own.tree) as Fields);
}

/** The part of what this manager has applied that nobody else wants as well: what would go with it. */
export function onlyBy(object: Fields, manager: string): Fields | undefined {
  const all = fieldManagers(object);
  const own = all.find((entry) => entry.manager === manager && entry.applies);
  if (own === undefined) return undefined;
  const others = all.filter((entry) => entry !== own).map((entry) => entry.tree);
  const tree = minus(own.tree, union(others));
  return isLeaf(tree) ? {} : (extract(object, tree) as Fields);
}

/** A field that somebody else set to another value. */
export interface OwnedField {
  /** As the API writes it in a conflict: `.spec.template.spec.containers[name="django"].readinessProbe`. */
  readonly field: string;
  readonly manager: string;
}

interface Place {
  readonly path: string;
  readonly managers: readonly FieldManager[];
}

/** Down one step; who has the whole value has all that is below it. */
function below({ managers }: Place, key: string, path: string): Place {
  const found = managers.flatMap((entry) => {
    if (isLeaf(entry.tree)) return [entry];
    const tree = entry.tree[key];
    return isFields(tree) ? [{ ...entry, tree }] : [];
  });
  return { path, managers: found };
}

/**
 * Which fields of the patch would change or remove what others have set, and who they are: a server-side apply without
 * force refuses these (kubernetes.io, Server-Side Apply, Conflicts). Fields that nobody is named for are not among them.
 */
export function ownedByOthers(object: Fields, patch: Fields, manager: string): readonly OwnedField[] {
  const managers = fieldManagers(object).filter((entry) => entry.manager !== manager);
  return conflicts(object, patch, { path: '', managers });
}

function conflicts(live: unknown, patch: unknown, place: Place): readonly OwnedField[] {
  if (isFields(patch) && (live === undefined || isFields(live))) {
    return Object.entries(patch).flatMap(([name, value]) => {
      const there = isFields(live) ? live[name] : undefined;
      return inField(name, there, value, below(place, `f:${name}`, `${place.path}.${name}`));
    });
  }
  if (live === undefined || isSame(live, patch)) return [];
  return place.managers.map(({ manager }) => ({ field: place.path, manager }));
}

function inField(name: string, live: unknown, patch: unknown, place: Place): readonly OwnedField[] {
  const key = keyOfList(name, live, patch);
  if (key === undefined || !Array.isArray(patch)) return conflicts(live, patch, place);
  return itemsOf(patch).flatMap((item) => {
    const value = item[key];
    const there = itemsOf(live).find((entry) => entry[key] === value);
    const step = JSON.stringify({ [key]: value });
    return conflicts(
      there,
      item,
      below(place, `k:${step}`, `${place.path}[${key}=${JSON.stringify(value)}]`),
    );
  });
}
