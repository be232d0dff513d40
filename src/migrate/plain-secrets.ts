import { containersOf, fieldsOf, listOf, valueAt, type FieldPath, type Manifest } from './manifest.ts';
import { applyEdit } from './edit.ts';

/** Stands where a secret stood in the export: no file of the folder has its value. */
export const removed = 'removed-by-rekindle-migrate';

/** Names that people give to secrets; not those that say where one is (`_FILE`, `_PATH`). */
const secretName =
  /(pass(word|wd|phrase|code)?|secret([_-]?key)?|token|(api|access|private)[_-]?key|credentials?|dsn)$/i;

/** A login in an address: `scheme://user:password@host`. */
const login = /:\/\/[^\s/:@]*:[^\s/@]+@/;

/** Whether a plain value is a secret, by its name or because it holds a login. Empty values and references to others are none. */
export function isPlainSecret(name: string, value: string): boolean {
  if (value === '' || /^\$\(.*\)$/.test(value)) return false;
  return secretName.test(name) || login.test(value);
}

function places(manifest: Manifest): readonly FieldPath[] {
  if (manifest.kind === 'ConfigMap')
    return Object.entries(fieldsOf(manifest['data']))
      .filter(([key, value]) => typeof value === 'string' && isPlainSecret(key, value))
      .map(([key]) => ['data', key]);
  return containersOf(manifest).flatMap(({ path, container }) =>
    listOf(container['env']).flatMap(({ name, value }, index) =>
      typeof value === 'string' && isPlainSecret(String(name), value)
        ? [[...path, 'env', index, 'value']]
        : [],
    ),
  );
}

/** kubectl's copy of the whole object as somebody once applied it, with whatever was in it then. */
const copyOfKubectl = [
  'metadata',
  'annotations',
  'kubectl.kubernetes.io/last-applied-configuration',
] as const;

/** The manifest without the secrets that stand in plain text in its environment, its data, or kubectl's copy of it. */
export function withoutPlainSecrets(given: Manifest): Manifest {
  const hasCopy = valueAt(given, copyOfKubectl) !== undefined;
  const manifest = hasCopy ? applyEdit(given, { op: 'remove', path: copyOfKubectl, why: '' }) : given;
  return places(manifest).reduce<Manifest>(
    (found, path) => applyEdit(found, { op: 'set', path, value: removed, why: '' }),
    manifest,
  );
}
