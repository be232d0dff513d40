import type { Bench } from '../bench.ts';
import { fieldsOf, groupOf, listOf, textAt, valueAt, type FieldPath, type Manifest } from '../manifest.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { externalSecret, storedName } from '../stored-secret.ts';
import { secretReferences, type SecretReference } from './secret-references.ts';

const id = 'secrets';

/** How a Secret came with the export, and its keys; undefined for an object that is no secret. */
interface Kept {
  readonly keys: readonly string[];
  readonly why: string;
  readonly type?: string;
}

const keysAt = (manifest: Manifest, path: FieldPath) => Object.keys(fieldsOf(valueAt(manifest, path)));

function plainSecret(manifest: Manifest): Kept {
  const type = textAt(manifest, ['type']);
  return {
    keys: [...keysAt(manifest, ['data']), ...keysAt(manifest, ['stringData'])],
    why:
      manifest['sops'] === undefined
        ? 'Its values are in the file; nothing of it is written into this folder.'
        : 'Its values are encrypted by SOPS, and kubectl would apply the encrypted text.',
    ...(type !== undefined && { type }),
  };
}

/** An ExternalSecret whose store is not in the export: the store belongs to the local setup, or is yet to be named. */
function homelessSecret(bench: Bench, manifest: Manifest): Kept | undefined {
  const reference = fieldsOf(valueAt(manifest, ['spec', 'secretStoreRef']));
  const named = textAt(reference, ['name']) ?? '';
  const hasStore = ['SecretStore', 'ClusterSecretStore'].some((kind) =>
    bench.objects(kind).some(({ metadata }) => metadata.name === named),
  );
  if (hasStore) return undefined;
  const keys = listOf(valueAt(manifest, ['spec', 'data'])).map((entry) => textAt(entry, ['secretKey']) ?? '');
  const type = textAt(manifest, ['spec', 'target', 'template', 'type']);
  const why = `It reads from the store ${named}, which is not in the export.`;
  return { keys, why, ...(type !== undefined && { type }) };
}

function kept(bench: Bench, manifest: Manifest): Kept | undefined {
  if (manifest.apiVersion === 'v1' && manifest.kind === 'Secret') return plainSecret(manifest);
  if (manifest.kind === 'ExternalSecret' && groupOf(manifest) === 'external-secrets.io')
    return homelessSecret(bench, manifest);
  if (groupOf(manifest) !== 'bitnami.com' || manifest.kind !== 'SealedSecret') return undefined;
  const type = textAt(manifest, ['spec', 'template', 'type']);
  return {
    keys: keysAt(manifest, ['spec', 'encryptedData']),
    why: 'It is sealed with the key of the local cluster; no other cluster can open it.',
    ...(type !== undefined && { type }),
  };
}

/** Secrets that only the old cluster needs. */
function isOfTheCluster(manifest: Manifest): boolean {
  const type = textAt(manifest, ['type']) ?? '';
  return type === 'kubernetes.io/service-account-token' || type.startsWith('helm.sh/');
}

function isCertificate({ name, keys }: { readonly name: string; readonly keys: readonly string[] }): boolean {
  return keys.includes('tls.crt') || (keys.length === 0 && /(^|-)(tls|cert|certificate)$/.test(name));
}

function tellCertificate(bench: Bench, namespace: string, name: string): void {
  bench.task(
    id,
    `Secret ${namespace}/${name}`,
    'It is the certificate of the local front door. Customers get the target’s own certificate; between the load balancer and the pods any certificate does (it is not checked there), but the pods do not start without one.',
    `scripts/internal-certificate.sh ${namespace} ${name}`,
  );
}

function store(
  bench: Bench,
  { target }: RuleContext,
  secret: Kept & { readonly namespace: string; readonly name: string },
): void {
  const { namespace, name, keys, why, type } = secret;
  const manifest = externalSecret(bench, target, {
    namespace,
    name,
    ...(keys.length > 0 && { keys }),
    ...(type !== undefined && type !== 'Opaque' && { type }),
  });
  bench.add(manifest, { rule: id, why: `${why} The target’s secret store has it instead.` });
  const stored = storedName(namespace, name);
  bench.storedSecrets.add(stored);
  bench.task(
    id,
    `Secret ${namespace}/${name}`,
    `${why} Its values have to get into the secret ${stored} of the target’s store.`,
    `scripts/copy-secret.sh ${namespace} ${name} ${stored}`,
  );
}

type SecretName = Pick<SecretReference, 'name' | 'namespace'>;

function makesSecret(bench: Bench, { namespace, name }: SecretName): boolean {
  const isMade = bench
    .objects('ExternalSecret')
    .some(
      (one) =>
        one.metadata.namespace === namespace &&
        (textAt(one, ['spec', 'target', 'name']) ?? one.metadata.name) === name,
    );
  const isIssued = bench
    .objects('Certificate')
    .some((one) => one.metadata.namespace === namespace && textAt(one, ['spec', 'secretName']) === name);
  const [, , cluster] = /^(.+)\.([^.]+)\.credentials\.postgresql\.acid\.zalan\.do$/.exec(name) ?? [];
  // The operator makes a Secret for each user of its cluster (postgres-operator, docs/user.md).
  return (
    isMade ||
    isIssued ||
    (cluster !== undefined && bench.find('postgresql', cluster, namespace) !== undefined)
  );
}

/** Secrets that came with the export, in whatever form: none of them is written. */
function leaveOut(bench: Bench, context: RuleContext): void {
  const isNew = (manifest: Manifest) =>
    bench.entries.some(({ base, current }) => current === manifest && base === undefined);
  for (const manifest of bench.objects().filter((one) => !isNew(one))) {
    const found = kept(bench, manifest);
    if (found === undefined) continue;
    const { name, namespace = 'default' } = manifest.metadata;
    bench.drop(manifest, { rule: id, why: found.why, after: 'not in this folder' });
    const isMade = makesSecret(bench, { namespace, name });
    if (isOfTheCluster(manifest) || isMade) continue;
    if (isCertificate({ name, keys: found.keys })) tellCertificate(bench, namespace, name);
    else store(bench, context, { namespace, name, ...found });
  }
}

/** Whether the export had it, in whatever form. */
function wasHere(bench: Bench, { namespace, name }: SecretName): boolean {
  const names = bench.entries.flatMap(({ base }) =>
    base === undefined || kept(bench, base) === undefined ? [] : [base],
  );
  return names.some(
    ({ metadata }) => metadata.name === name && (metadata.namespace ?? 'default') === namespace,
  );
}

/** Secrets that pods name and that nobody makes. */
function addNamed(bench: Bench, context: RuleContext): void {
  for (const reference of secretReferences(bench)) {
    const { namespace, name } = reference;
    if (wasHere(bench, reference) || makesSecret(bench, reference)) continue;
    if (isCertificate(reference)) {
      tellCertificate(bench, namespace, name);
      continue;
    }
    const keys = reference.takesAll ? [] : reference.keys;
    store(bench, context, { namespace, name, keys, why: 'Pods name it, and the export does not have it.' });
  }
}

/** Secrets never come with the files; the target has a store for them. */
export const secrets: Rule = {
  id,
  looksFor: 'Secrets: plain, sealed for the local cluster, encrypted by SOPS, or named by pods and not there',
  run: (bench, context) => {
    leaveOut(bench, context);
    addNamed(bench, context);
    for (const manifest of bench.objects('ExternalSecret')) {
      const isOurs = bench.entries.some((one) => one.current === manifest && one.base === undefined);
      if (isOurs) continue;
      const what = 'It reads from the secret store of the local setup.';
      bench.task(
        id,
        manifest,
        what,
        'See that the target reaches that store, or move the values into its own.',
      );
    }
  },
};
