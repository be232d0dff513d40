import { pathText, type Bench } from '../bench.ts';
import { containersOf, listOf, textAt, valueAt, type FieldPath, type Manifest } from '../manifest.ts';
import { removed } from '../plain-secrets/in-text.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { externalSecret, storedName } from '../stored-secret.ts';

const id = 'plain-values';

function moveEnvironment(bench: Bench, workload: Manifest, { target }: RuleContext): void {
  const { name, namespace = 'default' } = workload.metadata;
  const secret = `${name}-env`;
  const keys: string[] = [];
  for (const { path, container } of containersOf(workload))
    for (const [index, { name: key, value }] of listOf(container['env']).entries()) {
      if (value !== removed) continue;
      keys.push(String(key));
      bench.set(
        workload,
        [...path, 'env', index],
        { name: key, valueFrom: { secretKeyRef: { name: secret, key } } },
        {
          rule: id,
          before: `${String(key)}: a secret in plain text`,
          after: `from Secret ${secret}`,
          why: 'Whoever may read the manifest reads it. It is not written into this folder; the target’s secret store has it.',
        },
      );
    }
  if (keys.length === 0) return;
  const stored = storedName(namespace, secret);
  const wanted = externalSecret(bench, target, { namespace, name: secret, keys: [...new Set(keys)] });
  bench.add(wanted, { rule: id, why: 'Secrets that stood in plain text, from the target’s store.' });
  bench.storedSecrets.add(stored);
  bench.task(
    id,
    workload,
    `Its environment has secrets in plain text: ${[...new Set(keys)].join(', ')}. Their values are not in this folder.`,
    `Put them as one JSON object into the secret ${stored} of the target’s store; better with new values, because the old ones were readable.`,
  );
}

/** Where a secret was taken out of an object, each place once. */
function emptied(value: unknown, path: FieldPath = []): readonly FieldPath[] {
  if (typeof value === 'string') return value.includes(removed) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    emptied(one, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** `spec.env[1].value (AWS_SECRET_ACCESS_KEY)`. */
function placeText(manifest: Manifest, path: FieldPath): string {
  const name = path.at(-1) === 'value' ? textAt(manifest, [...path.slice(0, -1), 'name']) : undefined;
  return name === undefined ? pathText(path) : `${pathText(path)} (${name})`;
}

const newValue = 'better with a new value, because the old one was readable';

function tellData(bench: Bench, manifest: Manifest, key: string, isWhole: boolean): void {
  const what = isWhole
    ? `Its key ${key} held a secret in plain text, and is empty of it here.`
    : `The text of its key ${key} had secrets in plain text; \`${removed}\` stands in the place of each.`;
  bench.task(
    id,
    manifest,
    what,
    `Let the program read it from a Secret, and put the value into the target’s store; ${newValue}.`,
  );
}

const isData = ({ kind }: Manifest, field: unknown) => kind === 'ConfigMap' && field === 'data';

function tellOthers(bench: Bench, manifest: Manifest): void {
  const places = emptied(manifest);
  for (const [field, key = ''] of places)
    if (isData(manifest, field))
      tellData(bench, manifest, String(key), valueAt(manifest, ['data', key]) === removed);
  const notes = places.filter(([field]) => field === 'metadata');
  if (notes.length > 0)
    bench.task(
      id,
      manifest,
      `Its annotations had secrets in plain text: ${notes.map((path) => String(path.at(-1))).join(', ')}. \`${removed}\` stands in the place of each.`,
      'Set them on the target by hand, when the overlay is applied (kubectl annotate --overwrite): whoever may read the object reads them.',
    );
  const others = places.filter(([field]) => field !== 'metadata' && !isData(manifest, field));
  if (others.length === 0) return;
  bench.task(
    id,
    manifest,
    `It had secrets in plain text: ${others.map((path) => placeText(manifest, path)).join(', ')}. \`${removed}\` stands in the place of each, and with it the program does not work.`,
    containersOf(manifest).length > 0
      ? `Put them into a Secret of the target’s store, give it to the container as an environment variable, and write $(VARIABLE) there; ${newValue}.`
      : `Put them into a Secret of the target’s store and refer to it there, where the object's definition lets you (valueFrom); ${newValue}.`,
  );
}

/** Secrets that stand in plain text where they do not belong. */
export const plainValues: Rule = {
  id,
  looksFor:
    'passwords and keys in plain text: in environments, arguments, ConfigMaps and their files, addresses, the database’s object',
  run: (bench, context) => {
    for (const manifest of bench.objects()) {
      if (containersOf(manifest).length > 0) moveEnvironment(bench, manifest, context);
      tellOthers(bench, bench.now(manifest));
    }
  },
};
