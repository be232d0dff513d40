import { plainLine } from '../../domain/plain-text.ts';
import type { LeftOut } from '../choose.ts';
import { refText } from '../../domain/object-ref.ts';
import type { Decision } from '../local/decisions.ts';
import { unnamedStore } from '../secrets/external.ts';
import type { SecretsMode } from '../secrets/secret-manifest.ts';
import type { Missing, OperatorSetup } from '../snapshot.ts';

/** What the text for people is made of. */
export interface ReadmeParts {
  readonly namespace: string;
  readonly mode: SecretsMode;
  readonly store: string;
  readonly hasNamespaceFile: boolean;
  /** Files of Secrets that the database's operator keeps as well. */
  readonly ofOperator: readonly string[];
  readonly secretFiles: readonly string[];
  /** What else is in `secrets/`: objects of the stack that make Secrets, and the stores that they read. */
  readonly makers: readonly { readonly kind: string; readonly file: string }[];
  readonly missing: readonly Missing[];
  /** Only what does not come back by itself. */
  readonly leftOut: readonly LeftOut[];
  readonly decisions: readonly Decision[];
  readonly images: readonly string[];
  /** Kinds that somebody's definition adds to a cluster: `postgresql (postgresqls.acid.zalan.do)`. */
  readonly definitions: readonly string[];
  readonly hasDefinitions: boolean;
  readonly operators: readonly OperatorSetup[];
}

/** One line, and nothing in it that Markdown would take for markup. */
const quoted = (text: string) => `\`${plainLine(text).replaceAll('`', "'")}\``;
const plain = (text: string) => plainLine(text).replaceAll(/[<>&|*_`[\]]/g, (character) => `\\${character}`);

const list = (lines: readonly string[]) => lines.map((line) => `- ${line}\n`).join('');

const section = (title: string, body: string) => (body === '' ? '' : `\n## ${title}\n\n${body}`);

function incomplete(missing: readonly Missing[]): string {
  if (missing.length === 0) return '';
  const lines = missing.map(({ what, why }) => `${plain(what)}: ${plain(why)}`);
  return `\n**This export is not complete.** Whatever is in these could not be read and is not in it:\n\n${list(lines)}`;
}

function operatorText({ workload, image, configuration, why }: OperatorSetup): string {
  const what = `${plain(workload)}${image === '' ? '' : `, image ${quoted(image)}`}`;
  const where =
    configuration === undefined
      ? `its configuration could not be read: ${plain(why ?? '')}`
      : 'its configuration is in `operator/`, for comparison: names, labels and images of what it makes depend on it';
  return `the operator of the database: ${what}; ${where}`;
}

function needs({ definitions, hasDefinitions, operators, images }: ReadmeParts): string {
  const kinds = definitions.map((kind) => quoted(kind)).join(', ');
  const crds = hasDefinitions
    ? 'they are in `crds/`: `kubectl apply --server-side -f crds`'
    : 'install what brings them (`rekindle export --crds` writes the definitions as they are here)';
  return list([
    ...(definitions.length === 0 ? [] : [`the kinds ${kinds}; ${crds}`]),
    ...operators.map(operatorText),
    ...(images.length === 0
      ? []
      : [`images that its nodes can pull, or that were imported: ${images.map(quoted).join(', ')}`]),
  ]);
}

const operatorNote = (files: readonly string[]) =>
  files.length === 0
    ? ''
    : `
The database's operator makes these Secrets itself, with new passwords, where they are not there. The old passwords are in the
database too, so before you restore one **they must be there before the database is**. For an empty database leave them out:

${list(files.map(quoted))}`;

/** Waits until every object of a kind is there as it should be; asked for a kind of which there is none, kubectl fails. */
function waits(kinds: ReadonlySet<string>): string {
  const ready = [
    ...(kinds.has('ExternalSecret') ? [['Ready', 'externalsecret']] : []),
    ...(kinds.has('SealedSecret') ? [['Synced', 'sealedsecret']] : []),
  ];
  return ready
    .map(
      ([condition, kind]) =>
        `kubectl wait --for=condition=${condition} ${kind} --all -n NAMESPACE --timeout=120s\n`,
    )
    .join('');
}

const commands = (lines: string) => `\n\`\`\`sh\n${lines}\`\`\`\n`;

/** What the objects need that made Secrets in the old cluster already. */
function makersNote(makers: ReadmeParts['makers']): string {
  const has = (wanted: string) => makers.some(({ kind }) => kind === wanted);
  const sealed = has('SealedSecret')
    ? `The SealedSecrets of the stack are as they were: only a cluster with the key of the old one's controller can open them
(\`kubectl get secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key\`). Bring it, or seal them anew.\n`
    : '';
  const external = has('ExternalSecret')
    ? 'The ExternalSecrets of the stack are as they were: the new cluster has to reach the store that they name.\n'
    : '';
  return sealed + external;
}

function secretSteps({ mode, store, secretFiles, ofOperator, makers }: ReadmeParts): string {
  const note = operatorNote(ofOperator);
  const made = makersNote(makers);
  const kinds = new Set(makers.map(({ kind }) => kind));
  const apply = (own: string) =>
    commands(
      `kubectl apply -k secrets\n${waits(secretFiles.length === 0 ? kinds : new Set([...kinds, own]))}`,
    );
  if (secretFiles.length === 0) return `${made}${apply('')}`;
  switch (mode) {
    case 'external': {
      const name =
        store === unnamedStore
          ? ` Put the name of your ClusterSecretStore in place of ${quoted(unnamedStore)} (or export with \`--secret-store NAME\`).`
          : '';
      return `No value is in these files. Put the values into your store under the names that each file has in \`remoteRef\`.${name}
${made}${apply('ExternalSecret')}${note}`;
    }
    case 'sealed':
      return `Only the cluster whose certificate they were sealed for can open them.
${made}${apply('SealedSecret')}${note}`;
    case 'sops': {
      const decrypt = `for file in ${secretFiles.join(' ')}; do sops decrypt "$file" | kubectl apply -f -; done\n`;
      const others = makers.map(({ file }) => `kubectl apply -f ${file}\n`).join('');
      return `Only whoever has the age key can read the values (\`SOPS_AGE_KEY_FILE\`). Flux decrypts them by itself.
${made}${commands(`${decrypt}${others}${waits(kinds)}`)}${note}`;
    }
  }
}

function steps(parts: ReadmeParts): string {
  const { namespace, secretFiles, makers, hasNamespaceFile } = parts;
  const secrets = secretSteps(parts).replaceAll('NAMESPACE', namespace);
  const space = hasNamespaceFile ? `kubectl apply -f base/namespace-${namespace}.yaml\n` : '';
  return `What the new cluster needs first:

${needs(parts)}
${space === '' ? '' : `The namespace:\n\n\`\`\`sh\n${space}\`\`\`\n`}${
    secretFiles.length + makers.length === 0
      ? ''
      : `\nThe Secrets, before anything that needs them. ${secrets}`
  }
Everything else; \`overlays/local\` for a local cluster like this one, an overlay of your own over \`base\` for another:

\`\`\`sh
kubectl apply -k overlays/local
\`\`\`

Then restore the data: an export holds none.

See whether it is the same: \`rekindle export --compare .\`
`;
}

/** The text for people at the top of an export. */
export function readmeText(parts: ReadmeParts): string {
  const { namespace, missing, leftOut, decisions } = parts;
  const left = leftOut.map(({ object, why }) => `${quoted(refText(object))}: ${plain(why)}`);
  const open = decisions.map(({ object, what }) => `${quoted(object)}: ${plain(what)}`);
  return `# The stack of namespace ${plain(namespace)}

Written by \`rekindle export\` from what runs. \`base/\` is for any cluster, \`overlays/local/\` makes of it what runs here,
\`secrets/\` comes first. This folder belongs to the export: the next one writes it anew; keep overlays of your own beside it.
${incomplete(missing)}${section('To bring it back', steps(parts))}${section(
    'What fits this cluster and stays in the base',
    open.length === 0 ? '' : `Only you know what another cluster needs in its place.\n\n${list(open)}`,
  )}${section('What is not in it and does not come back by itself', left.length === 0 ? '' : list(left))}`;
}
