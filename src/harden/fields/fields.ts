/** A part of a Kubernetes object as the API sends it. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value has fields of its own (and is no list). */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Lists whose items are told apart by a field (listMapKey of k8s.io/api core/v1 types.go). Others are taken as a whole; no
 * measure changes one of them in an item that somebody else has made.
 */
const listKeys: Readonly<Record<string, string>> = { containers: 'name', initContainers: 'name' };

/** The field that tells the items of this list apart; undefined when it is taken as a whole. */
export function keyOfList(list: string, ...values: readonly unknown[]): string | undefined {
  const key = listKeys[list];
  const fits = values.every((value) => value === undefined || Array.isArray(value));
  return key !== undefined && fits ? key : undefined;
}

/** The items of a list that is told apart by a key. */
export function itemsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((item) => isFields(item)) : [];
}

/** Whether two values hold the same, whatever the order of their fields. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (!isFields(one) || !isFields(other)) return one === other;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
  );
}
