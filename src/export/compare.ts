import { isFields, isSame, type Fields } from '../harden/fields/fields.ts';
import type { FieldPath } from './local/local-field.ts';
import { isSameQuantity } from './quantity.ts';
import { groupOf } from './resource-kind.ts';
import type { Shape } from './strip/shape.ts';
import { normal, stripped } from './strip/strip.ts';

/** One way in which two stacks differ. */
export interface Difference {
  /** `Deployment jewelry-shop/django`. */
  readonly object: string;
  /** Where in it: `spec.template.spec.containers[name=django].image`; empty: the whole object is on one side only. */
  readonly path: string;
  /** Undefined: it is not there. */
  readonly left: unknown;
  readonly right: unknown;
}

/** The defaults that a custom resource's definition declares. */
export type ShapeOf = (object: Fields) => Shape | undefined;

/** `Deployment jewelry-shop/django`. */
function nameOf(object: Fields): string {
  const metadata = isFields(object['metadata']) ? object['metadata'] : {};
  const place = ['namespace', 'name']
    .map((field) => metadata[field])
    .filter((part) => typeof part === 'string')
    .join('/');
  return `${String(object['kind'])} ${place}`;
}

/** Fields by which items of a list are matched, where all of them have it and no two have the same. */
const keys = ['name', 'mountPath', 'containerPort', 'port', 'key', 'host', 'path', 'type'];

function keyOf(left: readonly unknown[], right: readonly unknown[]): string | undefined {
  return keys.find((key) =>
    [left, right].every((items) => {
      const found = items.map((item) => (isFields(item) ? item[key] : undefined));
      return found.every((value) => value !== undefined) && new Set(found).size === found.length;
    }),
  );
}

type Take = (path: FieldPath, left: unknown, right: unknown) => void;

interface Pair {
  readonly left: unknown;
  readonly right: unknown;
}

/** Lists whose order means something: what runs one after the other, and what is taken as a whole. */
function compareKeyed({ left, right }: Pair, key: string, path: FieldPath, take: Take): void {
  const [ones, others] = [left as readonly Fields[], right as readonly Fields[]];
  const names = [...new Set([...ones, ...others].map((item) => item[key]))];
  for (const name of names) {
    const pair = {
      left: ones.find((item) => item[key] === name),
      right: others.find((item) => item[key] === name),
    };
    compareValues(pair, [...path, `[${key}=${String(name)}]`], take);
  }
  const order = (items: readonly Fields[]) => items.map((item) => item[key]);
  const isReordered = isSame(order(ones).toSorted(byText), order(others).toSorted(byText));
  if (isReordered && !isSame(order(ones), order(others)))
    take([...path, '(order)'], order(ones).join(', '), order(others).join(', '));
}

const byText = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1);

function compareLists(pair: Pair, path: FieldPath, take: Take): void {
  const [left, right] = [pair.left as readonly unknown[], pair.right as readonly unknown[]];
  const key = keyOf(left, right);
  if (key !== undefined) {
    compareKeyed(pair, key, path, take);
    return;
  }
  for (let index = 0; index < Math.max(left.length, right.length); index += 1)
    compareValues({ left: left[index], right: right[index] }, [...path, index], take);
}

function compareValues({ left, right }: Pair, path: FieldPath, take: Take): void {
  if (isFields(left) && isFields(right)) {
    for (const name of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort())
      compareValues({ left: left[name], right: right[name] }, [...path, name], take);
    return;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    compareLists({ left, right }, path, take);
    return;
  }
  if (isSame(left, right) || isSameQuantity(path, left, right)) return;
  if (isNothing(left) && isNothing(right)) return;
  take(path, left, right);
}

/** What a file may leave out, leave empty or set to null, and means the same by. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) && value.length === 0;
}

/** A path as people read it. */
export function pathText(path: FieldPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (part.startsWith('[')) return part;
      const isPlain = /^[A-Za-z_][\w-]*$/.test(part) || part.startsWith('(');
      return isPlain ? `${index === 0 ? '' : '.'}${part}` : `[${JSON.stringify(part)}]`;
    })
    .join('');
}

function indexed(objects: readonly Fields[], shapeOf: ShapeOf): ReadonlyMap<string, Fields> {
  return new Map(
    objects.map((object) => {
      const shape = shapeOf(object);
      // Kinds of one name may be of two groups.
      return [
        `${nameOf(object)} ${groupOf(object['apiVersion'])}`,
        normal(stripped(object, shape), shape),
      ] as const;
    }),
  );
}

/**
 * In what two lists of objects differ: live ones, or those of files. What the cluster fills in, defaults, the order of fields and the
 * way in which a quantity is written make no difference. Neither the order of the lists. Pure.
 */
export function compareObjects(
  left: readonly Fields[],
  right: readonly Fields[],
  shapeOf: ShapeOf = () => undefined,
): readonly Difference[] {
  const [ones, others] = [indexed(left, shapeOf), indexed(right, shapeOf)];
  const differences: Difference[] = [];
  for (const key of [...new Set([...ones.keys(), ...others.keys()])].sort()) {
    const pair = { left: ones.get(key), right: others.get(key) };
    const name = nameOf(pair.left ?? pair.right ?? {});
    if (pair.left === undefined || pair.right === undefined) {
      differences.push({ object: name, path: '', ...pair });
      continue;
    }
    compareValues(pair, [], (path, one, other) =>
      differences.push({ object: name, path: pathText(path), left: one, right: other }),
    );
  }
  return differences;
}
