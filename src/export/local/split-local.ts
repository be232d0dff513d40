import { isFields, type Fields } from '../../harden/fields/fields.ts';
import { findLocal } from './find-local.ts';
import type { FieldPath, LocalClasses, LocalField } from './local-field.ts';

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'test' | 'add';
  readonly path: string;
  readonly value: unknown;
}

/** A field that was taken out of the base, and how the overlay puts it back. */
export interface LocalPatch {
  readonly why: string;
  readonly operations: readonly PatchOperation[];
}

/** An object for every cluster, and what makes it the one of this cluster. */
export interface SplitObject {
  readonly base: Fields;
  readonly patches: readonly LocalPatch[];
}

/** A path as RFC 6901 writes it. */
export function pointer(path: FieldPath): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function valueAt(value: unknown, path: FieldPath): unknown {
  let found = value;
  for (const part of path) {
    if (Array.isArray(found)) found = (found as readonly unknown[])[Number(part)];
    else found = isFields(found) ? found[part] : undefined;
  }
  return found;
}

function withoutPath(value: unknown, [part, ...rest]: FieldPath): unknown {
  if (part === undefined) return value;
  if (Array.isArray(value))
    return value.map((item, index) => (index === part ? withoutPath(item, rest) : (item as unknown)));
  if (!isFields(value)) return value;
  const entries = Object.entries(value).flatMap(([name, field]) => {
    if (name !== part) return [[name, field] as const];
    return rest.length === 0 ? [] : [[name, withoutPath(field, rest)] as const];
  });
  return Object.fromEntries(entries);
}

/** Fields by which an item of a list is known again; a patch by place alone would hit another one after an edit. */
const tellApart = ['name', 'port', 'containerPort'];

/** For every list on the way: that the item there is the one that is meant. */
function tests(object: Fields, path: FieldPath): readonly PatchOperation[] {
  return path.flatMap((part, index) => {
    if (typeof part !== 'number') return [];
    const place = path.slice(0, index + 1);
    const item = valueAt(object, place);
    const owner = isFields(item) && isFields(item['metadata']) ? [...place, 'metadata'] : place;
    const known = valueAt(object, owner);
    const key = tellApart.find((name) => isFields(known) && known[name] !== undefined);
    return key === undefined || !isFields(known)
      ? []
      : [{ op: 'test' as const, path: pointer([...owner, key]), value: known[key] }];
  });
}

function patchOf(object: Fields, { path, why }: LocalField): LocalPatch {
  const add = { op: 'add' as const, path: pointer(path), value: valueAt(object, path) };
  return { why, operations: [...tests(object, path), add] };
}

/**
 * Takes what means something in a local cluster only out of an object; the patches put it back, so that base and overlay
 * together are the object again. Pure.
 */
export function splitLocal(object: Fields, classes: LocalClasses): SplitObject {
  const fields = findLocal.flatMap((find) => find(object, classes));
  return {
    base: fields.reduce<Fields>((left, { path }) => withoutPath(left, path) as Fields, object),
    patches: fields.map((local) => patchOf(object, local)),
  };
}
