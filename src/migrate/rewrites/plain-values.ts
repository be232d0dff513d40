import type { Bench } from '../bench.ts';
import { containersOf, fieldsOf, listOf, type Manifest } from '../manifest.ts';
import { removed } from '../plain-secrets.ts';
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

/** Secrets that stand in plain text where they do not belong. */
export const plainValues: Rule = {
  id,
  looksFor: 'passwords and keys in plain text: in environments, ConfigMaps and addresses',
  run: (bench, context) => {
    for (const manifest of bench.objects()) {
      if (manifest.kind !== 'ConfigMap') {
        moveEnvironment(bench, manifest, context);
        continue;
      }
      const keys = Object.entries(fieldsOf(manifest['data'])).filter(([, value]) => value === removed);
      for (const [key] of keys)
        bench.task(
          id,
          manifest,
          `Its key ${key} held a secret in plain text, and is empty of it here.`,
          'Let the program read it from a Secret, and put the value into the target’s store.',
        );
    }
  },
};
