import type { Bench } from '../bench.ts';
import { fieldsOf, groupOf, textAt, valueAt, type Manifest } from '../manifest.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { externalSecret, storedName } from '../stored-secret.ts';
import { secretReferences, type SecretReference } from './secret-references.ts';

const id = 'secrets';

/** How a Secret came with the export, and its keys; undefined for an object that is no secret. */
function kept(manifest: Manifest): { readonly keys: readonly string[]; readonly why: string } | undefined {
  const names = (...paths: readonly (readonly string[])[]) =>
    paths.flatMap((path) => Object.keys(fieldsOf(valueAt(manifest, path))));
  if (manifest.apiVersion === 'v1' && manifest.kind === 'Secret') {
    const keys = names(['data'], ['stringData']);
    const isSops = manifest['sops'] !== undefined;
    const why = isSops
      ? 'Its values are encrypted by SOPS, and kubectl would apply the encrypted text.'
      : 'Its values are in the file; nothing of it is written into this folder.';
    return { keys, why };
  }
  if (groupOf(manifest) !== 'bitnami.com' || manifest.kind !== 'SealedSecret') return undefined;
  const why = 'It is sealed with the key of the local cluster; no other cluster can open it.';
  return { keys: names(['spec', 'encryptedData']), why };
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
  secret: {
    readonly namespace: string;
    readonly name: string;
    readonly keys: readonly string[];
    readonly why: string;
  },
): void {
  const { namespace, name, keys, why } = secret;
  const manifest = externalSecret(bench, target, { namespace, name, ...(keys.length > 0 && { keys }) });
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
  for (const manifest of bench.objects()) {
    const found = kept(manifest);
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
    base === undefined || kept(base) === undefined ? [] : [base],
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
