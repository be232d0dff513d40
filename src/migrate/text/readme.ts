import type { Bench } from '../bench.ts';
import type { Program, Variable } from '../infra/model.ts';
import { camelCase, oldestTerraform } from '../infra/model.ts';
import { poolerImage } from '../pooler.ts';
import { paragraphs, shell, table } from './markdown.ts';
import { versions } from './platform.ts';
import type { RunbookContext } from './runbook-context.ts';

interface ReadmeContext extends RunbookContext {
  readonly bench: Bench;
  readonly program: Program;
  readonly unread: readonly string[];
  readonly hasObjects: boolean;
  /** Whether the target has a managed database to offer. */
  readonly hasManaged: boolean;
}

const usual = ({ default: value }: Variable) =>
  value === undefined ? '**you choose**' : `\`${JSON.stringify(value)}\``;

function choices({ program }: ReadmeContext): string {
  return table(
    ['Terraform', 'Pulumi', 'Usual value', 'What it is'],
    program.variables.map((variable) => [
      `\`${variable.name}\``,
      `\`${variable.pulumiKey ?? camelCase(variable.name)}\``,
      usual(variable),
      variable.description,
    ]),
  );
}

function untried({ text, measured, hasObjects, unread, title }: ReadmeContext): string {
  return paragraphs(
    '## What was not tried',
    `**Nothing in this folder was ever applied to a cloud**: there was no account to do it with. What it costs, how long it takes to make, whether the quotas of your project suffice, and how fast ${title} is, nothing here knows.`,
    'Checked, in the tests of Rekindle, with its example stack:',
    text.checked.map((line) => `- ${line}`).join('\n'),
    measured === undefined ? 'No time in the runbook was measured.' : '',
    hasObjects
      ? ''
      : '**There was no export**: this folder has no objects of your stack. Run `rekindle export --out export`, then `rekindle migrate` again with `--from export`.',
    unread.length === 0
      ? ''
      : `**${unread.length} parts of the export could not be read**; they are at the top of \`tasks.md\`.`,
  );
}

function layout({ id, hasObjects, needs }: ReadmeContext): string {
  const rows = [
    ['`pulumi/` or `tofu/`', 'the same infrastructure, twice: use one of them, never both'],
    ...(hasObjects
      ? [
          ['`kubernetes/base`', 'the stack as it was exported, without Secrets'],
          [`\`kubernetes/overlays/${id}\``, 'what is different on the target'],
          ['`changes.md`', 'each difference: before, after, why'],
          ['`tasks.md`', 'what only you can do or decide'],
        ]
      : []),
    ...(needs.database === 'operator' && needs.cluster !== undefined
      ? [['`platform/`', 'values of what is installed beside the stack']]
      : []),
    ['`scripts/`', 'called below and in the runbook'],
    ['`cut-over.md`', 'the runbook of the day: freeze, dump, restore, compare, switch, and the way back'],
  ];
  return paragraphs('## What is here', table(['Where', 'What'], rows));
}

function infrastructure({ program, text, needs, id }: ReadmeContext): string {
  const needed = program.variables.filter(({ default: value }) => value === undefined);
  const width = Math.max(...needed.map(({ name }) => name.length));
  const example = needed.map(
    ({ name, type }) =>
      `${name.padEnd(width)} = ${text.examples[name] ?? (type === 'number' ? 'NUMBER' : '"..."')}`,
  );
  const quoted = example.map((line) =>
    line.replace(/= ([A-Z_]+)$/, (all, word: string) => (word === 'NUMBER' ? all : `= "${word}"`)),
  );
  const pulumi = needed.map(({ name, pulumiKey, type }) => {
    const key = pulumiKey ?? camelCase(name);
    return type === 'list(string)'
      ? `pulumi config set --path '${key}[0]' ...      # and [1], [2], as many as there are`
      : `pulumi config set ${key} ...`;
  });
  const place = `../kubernetes/overlays/${id}`;
  const ca = needs.files.map(({ file, from }) =>
    'output' in from
      ? {
          tofu: `tofu output -raw ${from.output} > ${place}/${file}`,
          pulumi: `pulumi stack output ${camelCase(from.output)} > ${place}/${file}`,
        }
      : { tofu: `${from.command} > ${place}/${file}`, pulumi: `${from.command} > ${place}/${file}` },
  );
  return paragraphs(
    '## 1. Choose',
    choices({ program } as ReadmeContext),
    `Billed, by the hour or by the byte: ${text.billed.join('; ')}. Rekindle knows no prices: ask the provider's calculator.`,
    '## 2. Make the infrastructure',
    'Before it, look at these:',
    shell(...text.before),
    'The state knows everything about the infrastructure, so it belongs into a bucket of its own that few may read. No password is in it.',
    shell(...text.state.commands),
    'With OpenTofu or Terraform:',
    shell(
      'cd tofu',
      "cat > terraform.tfvars <<'END'",
      ...quoted,
      'END',
      text.state.init,
      'tofu validate',
      'tofu plan -out plan      # read it',
      'tofu apply plan',
    ),
    'Or with Pulumi (it warns that the program protects what must not be deleted):',
    shell(
      'cd pulumi',
      'npm install',
      text.state.pulumi,
      'pulumi stack init production',
      ...pulumi,
      'pulumi preview      # read it',
      'pulumi up',
    ),
    'Then the owner of the domain above yours delegates to the servers of the output `name_servers`. The certificate is not made before that.',
    '## 3. Values for the overlay',
    shell(
      '# OpenTofu, in tofu/:',
      `tofu output -raw settings_env > ../kubernetes/overlays/${id}/settings.env`,
      ...ca.map(({ tofu }) => tofu),
      'tofu output -raw connect      # the command that lets kubectl in; run it',
      '# Pulumi, in pulumi/:',
      `pulumi stack output settingsEnv > ../kubernetes/overlays/${id}/settings.env`,
      ...ca.map(({ pulumi: line }) => line),
      `grep -nE '=$' ../kubernetes/overlays/${id}/settings.env      # must find nothing`,
    ),
  );
}

function platform({ needs, text }: ReadmeContext): string {
  const operator =
    needs.database === 'operator' && needs.cluster !== undefined
      ? [
          '# The Zalando operator, which makes the database from its object:',
          'helm repo add postgres-operator-charts https://opensource.zalando.com/postgres-operator/charts/postgres-operator',
          `helm upgrade --install postgres-operator postgres-operator-charts/postgres-operator --version ${versions.operator} --namespace postgres-operator --create-namespace --values platform/postgres-operator-values.yaml`,
        ]
      : [];
  const secrets =
    needs.storedSecrets.length > 0
      ? [
          '# External Secrets Operator, which makes Secrets from the store:',
          'helm repo add external-secrets https://charts.external-secrets.io',
          `helm upgrade --install external-secrets external-secrets/external-secrets --version ${versions.externalSecrets} --namespace external-secrets --create-namespace --set installCRDs=true`,
        ]
      : [];
  const users =
    needs.database === 'managed' && needs.cluster !== undefined
      ? ['scripts/database-users.sh "$NAME"      # NAME: the variable name']
      : [];
  const steps = [...operator, ...secrets, ...(text.platform ?? []), ...users];
  return paragraphs(
    '## 4. What the stack stands on',
    shell(...(steps.length > 0 ? steps : ['# nothing besides the cluster'])),
    needs.storedSecrets.length > 0
      ? `The secrets of the store are empty at first: ${needs.storedSecrets.map((name) => `\`${name}\``).join(', ')}. Those of the database get their values by the script above, the others as \`tasks.md\` says.`
      : '',
    needs.database === 'managed' && needs.cluster !== undefined
      ? paragraphs(
          `The roles of a managed database may more than those of the old one. When the overlay is applied (step 5), the restore pod is there (\`cut-over.md\`, step 0) and the password of ${text.administrator.user} is set, this takes it back and gives the databases to their owners:`,
          shell(
            `kubectl -n ${needs.cluster.namespace} cp scripts/database-owner.sql restore:/tmp/database-owner.sql`,
            `kubectl -n ${needs.cluster.namespace} exec -it restore -- env -u PGPASSWORD psql -X -h ${needs.cluster.name} -U ${text.administrator.user} -d postgres -f /tmp/database-owner.sql`,
          ),
        )
      : '',
  );
}

function stack({ id, bench, old }: ReadmeContext): string {
  const images = bench.images.has(poolerImage)
    ? [`docker build --platform linux/amd64 -t ${poolerImage} images/pgbouncer`]
    : [];
  return paragraphs(
    '## 5. The stack',
    shell(
      ...images,
      ...(bench.images.size > 0
        ? ['scripts/push-images.sh "$(tofu -chdir=tofu output -raw image_registry)"']
        : []),
      `kubectl kustomize kubernetes/overlays/${id} | less      # read it`,
      `kubectl create namespace ${old.namespace} --dry-run=client -o yaml | kubectl apply -f -`,
      '# now the Secrets of tasks.md; then:',
      `kubectl apply -k kubernetes/overlays/${id}`,
      `kubectl -n ${old.namespace} get pods --watch`,
    ),
    'If the build says `test failed`, the base is not the one that the patches were written for: run `rekindle migrate` again.',
    '## 6. The cut-over',
    'First a rehearsal, then the day: [cut-over.md](cut-over.md).',
  );
}

const takingDown = paragraphs(
  '## Taking it down',
  'On purpose it does not go in one command: the cluster, the database, the buckets, the address and the zone are protected in both programs, and the provider protects the cluster and the database as well. Take the protection off one by one, apply that, and then destroy. Disks with the class `Retain` stay and are billed until they are deleted by hand.',
);

/** What the folder is, and what is done with it in which order: `README.md`. */
export function readmeText(context: ReadmeContext): string {
  const { title, text, hasObjects, hasManaged, needs, program } = context;
  const other = hasManaged ? ' (`--database managed` is the other choice)' : '';
  const what =
    needs.database === 'managed'
      ? 'PostgreSQL is run by the provider'
      : `PostgreSQL stays under the Zalando operator${other}`;
  return paragraphs(
    `# ${needs.name} on ${title}`,
    `Written by \`rekindle migrate ${context.id}\`; ${what}. Needs: kubectl, helm, jq, curl, openssl, docker, ${text.tools.join(', ')}, and OpenTofu or Terraform (>= ${oldestTerraform(program.provider)}) or Pulumi with Node >= 22.`,
    untried(context),
    layout(context),
    infrastructure(context),
    ...(hasObjects ? [platform(context), stack(context)] : []),
    takingDown,
  );
}
