import { valueAt, type FieldPath, type Manifest } from './manifest.ts';

/** One change of one field, with what stood there when it was made. */
export interface Edit {
  readonly op: 'set' | 'remove';
  readonly path: FieldPath;
  readonly value?: unknown;
  /** Undefined where nothing stood there. */
  readonly was?: unknown;
  readonly why: string;
}

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

type Container = Record<string | number, unknown>;

/** The parents of a path that are missing, from the outside in; a place in a list that is not there is an error. */
function missingParents(manifest: Manifest, path: FieldPath): readonly FieldPath[] {
  return path.slice(0, -1).flatMap((_, index) => {
    const parent = path.slice(0, index + 1);
    return valueAt(manifest, parent) === undefined ? [parent] : [];
  });
}

/** What a missing parent starts as: a list where the next step is a place in one. */
function emptyParent(path: FieldPath, parent: FieldPath): unknown {
  return typeof path[parent.length] === 'number' ? [] : {};
}

/** The manifest after the edit; the one that is given stays as it is. Parents that are missing are made. */
export function applyEdit(manifest: Manifest, edit: Edit): Manifest {
  const copy = structuredClone(manifest);
  const put = (path: FieldPath, value: unknown) => {
    const target = valueAt(copy, path.slice(0, -1)) as Container;
    target[path.at(-1) as string | number] = structuredClone(value);
  };
  const last = edit.path.at(-1) as string | number;
  if (edit.op === 'remove') {
    const target = valueAt(copy, edit.path.slice(0, -1));
    if (Array.isArray(target)) target.splice(Number(last), 1);
    else Reflect.deleteProperty(target as Container, last);
    return copy;
  }
  for (const parent of missingParents(manifest, edit.path)) put(parent, emptyParent(edit.path, parent));
  put(edit.path, edit.value);
  return copy;
}

/** `/spec/containers/0`; `~` and `/` in names are written as RFC 6901 says. */
function pointer(path: FieldPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const isScalar = (value: unknown) => typeof value !== 'object' || value === null;

/**
 * The edit as operations of a JSON patch over the manifest as it is before. A `test` comes first where a plain value
 * stands: when the base has changed since, the build of the overlay fails instead of changing something else.
 */
export function patchOperations(before: Manifest, edit: Edit): readonly PatchOperation[] {
  const { path, was } = edit;
  const test: readonly PatchOperation[] =
    was !== undefined && isScalar(was) ? [{ op: 'test', path: pointer(path), value: was }] : [];
  if (edit.op === 'remove') return [...test, { op: 'remove', path: pointer(path) }];
  const parents = missingParents(before, path).map((parent): PatchOperation => ({
    op: 'add',
    path: pointer(parent),
    value: emptyParent(path, parent),
  }));
  const op = was === undefined ? 'add' : 'replace';
  return [...test, ...parents, { op, path: pointer(path), value: edit.value }];
}

/** Fields by which a container is known again: a patch that means the first container must not meet another one. */
export function containerTest(manifest: Manifest, path: FieldPath): PatchOperation | undefined {
  const list = path.findIndex((step) => step === 'containers' || step === 'initContainers');
  if (list === -1 || typeof path[list + 1] !== 'number') return undefined;
  const place = [...path.slice(0, list + 2), 'name'];
  const name = valueAt(manifest, place);
  return typeof name === 'string' ? { op: 'test', path: pointer(place), value: name } : undefined;
}
