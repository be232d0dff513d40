import { isFields, type Fields } from '../../harden/fields/fields.ts';
import { fieldManagers } from '../../harden/fields/managed-fields.ts';

/** In this annotation `kubectl apply` keeps what it was given (kubernetes.io, Declarative Management). */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** A place in what somebody asked for: a value as it was written, or the fields that an apply has set. */
type Cursor = { readonly written: unknown } | { readonly tree: Fields };

const isWhole = (tree: Fields) => Object.keys(tree).every((key) => key === '.');

/** A field below; who has asked for a whole value has asked for all that is in it. */
function below(cursor: Cursor, name: string): readonly Cursor[] {
  if ('written' in cursor) {
    const { written } = cursor;
    return isFields(written) && Object.hasOwn(written, name) ? [{ written: written[name] }] : [];
  }
  const tree = cursor.tree[`f:${name}`];
  if (isFields(tree)) return [{ tree }];
  return isWhole(cursor.tree) ? [cursor] : [];
}

const keyed = (key: string, item: Fields) =>
  key.startsWith('k:') &&
  Object.entries(JSON.parse(key.slice(2)) as Fields).every(([name, value]) => item[name] === value);

/** The item of a list that was written: by its name where it has one, else by its place. */
function writtenItem(list: readonly unknown[], item: unknown, index: number): unknown {
  if (!isFields(item) || typeof item['name'] !== 'string') return list[index];
  return list.find((entry) => isFields(entry) && entry['name'] === item['name']) ?? undefined;
}

function itemOf(cursor: Cursor, item: unknown, index: number): readonly Cursor[] {
  if ('written' in cursor) {
    const written = Array.isArray(cursor.written)
      ? writtenItem(cursor.written as readonly unknown[], item, index)
      : undefined;
    return written === undefined ? [] : [{ written }];
  }
  const found = Object.entries(cursor.tree).flatMap(([key, tree]) =>
    isFields(item) && isFields(tree) && keyed(key, item) ? [{ tree }] : [],
  );
  if (found.length > 0) return found;
  return isWhole(cursor.tree) ? [cursor] : [];
}

/**
 * What is known of who asked for a field: what `kubectl apply` was given, and what server-side applies have set. A field that
 * is not in it may still be somebody's wish (`kubectl edit` leaves no such trace); one that is in it certainly is.
 */
export class Asked {
  readonly #cursors: readonly Cursor[];

  constructor(cursors: readonly Cursor[]) {
    this.#cursors = cursors;
  }

  /** Whether somebody is known to have asked for what is here. */
  get yes(): boolean {
    return this.#cursors.length > 0;
  }

  field(name: string): Asked {
    return new Asked(this.#cursors.flatMap((cursor) => below(cursor, name)));
  }

  item(item: unknown, index: number): Asked {
    return new Asked(this.#cursors.flatMap((cursor) => itemOf(cursor, item, index)));
  }
}

/** What `kubectl apply` was given last; undefined: it was never applied so, or the annotation cannot be read. */
export function lastApplied(object: Fields): Fields | undefined {
  const metadata = isFields(object['metadata']) ? object['metadata'] : {};
  const annotations = isFields(metadata['annotations']) ? metadata['annotations'] : {};
  const text = annotations[lastAppliedAnnotation];
  if (typeof text !== 'string') return undefined;
  try {
    const written: unknown = JSON.parse(text);
    return isFields(written) ? written : undefined;
  } catch {
    // Anybody may write into an annotation: then it says nothing of who asked for what.
    return undefined;
  }
}

/** Whether the object comes from a cluster; one from a file is as somebody wants it, all of it. */
function isLive(object: Fields): boolean {
  const metadata = isFields(object['metadata']) ? object['metadata'] : {};
  return metadata['uid'] !== undefined || metadata['resourceVersion'] !== undefined;
}

/** Nothing is known to have been asked for. */
export const askedByNobody = new Asked([]);

/** What is known to have been asked for of this object. */
export function askedOf(object: Fields): Asked {
  if (!isLive(object)) return new Asked([{ written: object }]);
  const written = lastApplied(object);
  const applied = fieldManagers(object).filter(({ applies }) => applies);
  return new Asked([
    ...(written === undefined ? [] : [{ written }]),
    ...applied.map(({ tree }) => ({ tree })),
  ]);
}

/** Programs of the cluster, which write what they have assigned. */
const ofTheCluster = /^(kube-|k3s|kubelet|cloud-controller-manager)/;

/**
 * The same for fields that the API server fills in when it stores an object (addresses, node ports): every manager but the
 * cluster's own programs counts, because what is filled in there belongs to nobody.
 */
export function setByAnybody(object: Fields): Asked {
  if (!isLive(object)) return new Asked([{ written: object }]);
  const written = lastApplied(object);
  return new Asked([
    ...(written === undefined ? [] : [{ written }]),
    ...fieldManagers(object).flatMap(({ manager, tree }) => (ofTheCluster.test(manager) ? [] : [{ tree }])),
  ]);
}
