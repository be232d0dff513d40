import { createHash } from 'node:crypto';

import type { KubeObject } from '../../ports/cluster.ts';
import { groupOf } from '../resource-kind.ts';

/** File systems take 255 bytes; extension, kind and mark need some of them. */
const longest = 180;

const plain = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, longest);

/** What tells an object apart from all others. */
const identity = (object: KubeObject) =>
  [groupOf(object.apiVersion), object.kind, object.metadata.namespace ?? '', object.metadata.name].join('/');

const mark = (object: KubeObject) => createHash('sha256').update(identity(object)).digest('hex').slice(0, 8);

const simpleName = ({ kind = 'object', metadata }: KubeObject) =>
  `${plain(kind.toLowerCase())}-${plain(metadata.name)}`;

/** Whether something had to be left out of the name. */
const isCut = ({ metadata: { name } }: KubeObject) => plain(name) !== name;

/**
 * A file name for each object, the same every time: `deployment-django.yaml`. Objects that would get one name (two groups with one
 * kind, names that differ in capitals only, which not every file system tells apart) get a mark of their own.
 */
export function fileNames<T extends { readonly object: KubeObject }>(
  entries: readonly T[],
): readonly (T & { readonly file: string })[] {
  const counts = new Map<string, number>();
  for (const { object } of entries) {
    const key = simpleName(object).toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return entries.map((entry) => {
    const name = simpleName(entry.object);
    const isAlone = counts.get(name.toLowerCase()) === 1 && !isCut(entry.object);
    return Object.assign({}, entry, { file: `${isAlone ? name : `${name}-${mark(entry.object)}`}.yaml` });
  });
}

/** Order of objects in an export: by kind, then by name; by code point, as no language sorts them otherwise. */
export function inOrder<T extends { readonly object: KubeObject }>(entries: readonly T[]): readonly T[] {
  const key = ({ object }: T) =>
    `${object.kind?.toLowerCase() ?? ''}\u0000${object.metadata.name}\u0000${object.apiVersion ?? ''}\u0000${object.metadata.namespace ?? ''}`;
  return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
