import { aligned, attributeText, body, quoted, testText, valueText, type Parts } from './hcl-values.ts';
import { variableText } from './hcl-variables.ts';
import {
  isResource,
  oldestTerraform,
  partsByKey,
  type DataSource,
  type Program,
  type Resource,
} from './model.ts';

const comment = (text: string | undefined) =>
  (text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `# ${line}\n`)
    .join('');

function metaArguments(resource: Resource): string {
  const { each, onlyIf, onlyUnless } = resource;
  const lines = [
    ...(each === undefined ? [] : [`  for_each = toset(${listText(each)})\n`]),
    ...(onlyIf === undefined ? [] : [`  count = ${testText(onlyIf)} ? 1 : 0\n`]),
    ...(onlyUnless === undefined ? [] : [`  count = ${onlyUnless.map(testText).join(' || ')} ? 0 : 1\n`]),
  ];
  return lines.length === 0 ? '' : `${lines.join('')}\n`;
}

function listText(list: readonly string[]): string {
  return `[\n${list.map((one) => `    ${quoted(one)},\n`).join('')}  ]`;
}

function tail(parts: Parts, { after = [], isKept, ignore = [] }: Resource): string {
  const names = after.map((key) =>
    attributeText(parts, { kind: 'attribute', of: key, path: '' }).replace(/\.$/, ''),
  );
  const rules = [
    ...(isKept === true ? [{ name: 'prevent_destroy', value: 'true' }] : []),
    ...(ignore.length > 0 ? [{ name: 'ignore_changes', value: `[${ignore.join(', ')}]` }] : []),
  ];
  return [
    names.length === 0 ? '' : `\n  depends_on = [${names.join(', ')}]\n`,
    rules.length === 0 ? '' : `\n  lifecycle {\n${aligned(rules, '    ')}  }\n`,
  ].join('');
}

function partText(parts: Parts, part: DataSource | Resource): string {
  const fields = body(parts, part.arguments, '  ');
  if (!isResource(part)) return `${comment(part.comment)}data "${part.data}" "${part.key}" {\n${fields}}\n`;
  const head = `${comment(part.comment)}resource "${part.type}" "${part.key}" {\n`;
  return `${head}${metaArguments(part)}${fields}${tail(parts, part)}}\n`;
}

function versions({ provider }: Program): string {
  const { name, source, version, settings, backend } = provider;
  const fixed = Object.entries(backend.fixed).map(([key, value]) => ({ name: key, value: quoted(value) }));
  return `terraform {
  required_version = ">= ${oldestTerraform(provider)}"

  # Where the state is kept is said at the first call: tofu init -backend-config=... (README.md).
  backend "${backend.type}" {
${aligned(fixed, '    ')}  }

  required_providers {
    ${name} = {
      source  = "${source}"
      version = "${version}"
    }
  }
}

provider "${name}" {
${body(new Map(), settings, '  ')}}
`;
}

/** The program as files of OpenTofu and Terraform, formatted as `terraform fmt` does. */
export function hclFiles(program: Program): Readonly<Record<string, string>> {
  const parts = partsByKey(program);
  const outputs = program.outputs.map(({ name, description, value }) => {
    const fields = [
      { name: 'description', value: quoted(description) },
      { name: 'value', value: valueText(parts, value, '  ') },
    ];
    return `output "${name}" {\n${aligned(fields, '  ')}}\n`;
  });
  return {
    'versions.tf': versions(program),
    'variables.tf': program.variables.map(variableText).join('\n'),
    ...Object.fromEntries(
      program.subjects.map(({ name, about, parts: own }) => [
        `${name}.tf`,
        `${comment(about)}\n${own.map((part) => partText(parts, part)).join('\n')}`,
      ]),
    ),
    'outputs.tf': outputs.join('\n'),
  };
}
