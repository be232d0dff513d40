import type { Bench } from '../bench.ts';
import {
  containersOf,
  fieldsOf,
  listOf,
  nameOf,
  podSpecPath,
  textAt,
  valueAt,
  type Fields,
  type Manifest,
} from '../manifest.ts';

/** A Secret that pods need, and what they take from it. */
export interface SecretReference {
  readonly namespace: string;
  readonly name: string;
  /** Keys that are named; a volume or `envFrom` takes all. */
  readonly keys: readonly string[];
  readonly takesAll: boolean;
  readonly users: readonly string[];
}

interface Mention {
  readonly name: string;
  readonly key?: string;
}

function named(name: unknown, key?: unknown): readonly Mention[] {
  if (typeof name !== 'string') return [];
  return [typeof key === 'string' ? { name, key } : { name }];
}

/** A volume of a Secret, or one of several sources. */
function ofVolume(volume: Fields): readonly Mention[] {
  return [
    ...named(textAt(volume, ['secret', 'secretName'])),
    ...listOf(valueAt(volume, ['projected', 'sources'])).flatMap((source) =>
      named(textAt(source, ['secret', 'name'])),
    ),
  ];
}

/** What a container takes into its environment. */
function ofContainer(container: Fields): readonly Mention[] {
  const single = listOf(container['env']).flatMap((env) => {
    const reference = fieldsOf(valueAt(env, ['valueFrom', 'secretKeyRef']));
    return reference['optional'] === true ? [] : named(reference['name'], reference['key']);
  });
  const whole = listOf(container['envFrom']).flatMap((from) => named(textAt(from, ['secretRef', 'name'])));
  return [...single, ...whole];
}

function mentioned(manifest: Manifest): readonly Mention[] {
  const path = podSpecPath(manifest);
  if (path === undefined) return [];
  const spec = fieldsOf(valueAt(manifest, path));
  return [
    ...listOf(spec['volumes']).flatMap(ofVolume),
    ...containersOf(manifest).flatMap(({ container }) => ofContainer(container)),
  ];
}

/** The Secrets that the workloads name. */
export function secretReferences(bench: Bench): readonly SecretReference[] {
  const found = new Map<
    string,
    { readonly keys: Set<string>; takesAll: boolean; readonly users: Set<string> }
  >();
  for (const manifest of bench.objects())
    for (const { name, key } of mentioned(manifest)) {
      const id = `${manifest.metadata.namespace ?? 'default'}/${name}`;
      const entry = found.get(id) ?? { keys: new Set(), takesAll: false, users: new Set() };
      found.set(id, entry);
      if (key === undefined) entry.takesAll = true;
      else entry.keys.add(key);
      entry.users.add(nameOf(manifest));
    }
  return Array.from(found, ([id, { keys, takesAll, users }]) => ({
    namespace: id.slice(0, id.indexOf('/')),
    name: id.slice(id.indexOf('/') + 1),
    keys: Array.from(keys),
    takesAll,
    users: Array.from(users),
  }));
}
