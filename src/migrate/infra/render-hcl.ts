import {
  isResource,
  partsByKey,
  type Arguments,
  type Check,
  type DataSource,
  type Expression,
  type Program,
  type Resource,
  type Test,
  type Value,
  type Variable,
} from './model.ts';

type Parts = ReturnType<typeof partsByKey>;

const quoted = (text: string) =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('${', '$${').replaceAll('%{', '%%{')}"`;

const isExpression = (value: Value): value is Expression =>
  typeof value === 'object' && !Array.isArray(value);

function attributeText(parts: Parts, { of, path }: Extract<Expression, { kind: 'attribute' }>): string {
  const part = parts.get(of);
  if (part === undefined) throw new Error(`there is no ${of}`);
  return isResource(part) ? `${part.type}.${of}.${path}` : `data.${part.data}.${of}.${path}`;
}

const testText = ({ variable, is }: Test) => `var.${variable} == ${quoted(is)}`;

function mapText(parts: Parts, entries: Arguments, indent: string): string {
  const inner = `${indent}  `;
  const lines = aligned(
    Object.entries(entries).map(([key, value]) => ({
      name: /^[a-z_][a-z0-9_-]*$/i.test(key) ? key : quoted(key),
      value: valueText(parts, value, inner),
    })),
    inner,
  );
  return `{\n${lines}${indent}}`;
}

/** A template; one of several lines as a heredoc, which is easier to read than escapes. */
function textOf(parts: Parts, members: readonly (Expression | string)[], indent: string): string {
  const lines = members
    .map((part) =>
      typeof part === 'string' ? quoted(part).slice(1, -1) : `\${${expressionText(parts, part, indent)}}`,
    )
    .join('');
  if (!lines.endsWith('\\n')) return `"${lines}"`;
  const inner = lines
    .split('\\n')
    .slice(0, -1)
    .map((line) => `${indent}  ${line}\n`);
  return `<<-EOT\n${inner.join('')}${indent}EOT`;
}

function expressionText(parts: Parts, value: Expression, indent: string): string {
  switch (value.kind) {
    case 'attribute':
      return attributeText(parts, value);
    case 'variable':
      return `var.${value.name}`;
    case 'item':
      return `var.${value.variable}[${value.index}]`;
    case 'each':
      return 'each.value';
    case 'number':
      return `tonumber(${expressionText(parts, value.of, indent)})`;
    case 'choice': {
      const [then, otherwise] = [value.then, value.otherwise].map((one) => valueText(parts, one, indent));
      return `${testText(value.test)} ? ${then} : ${otherwise}`;
    }
    case 'text':
      return textOf(parts, value.parts, indent);
    case 'map':
      return mapText(parts, value.entries, indent);
    case 'block':
    case 'blocks':
      throw new Error('a block is not a value');
  }
}

function valueText(parts: Parts, value: Value, indent: string): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isExpression(value)) return expressionText(parts, value, indent);
  const members = (value as readonly Value[]).map((one) => valueText(parts, one, `${indent}  `));
  const short = `[${members.join(', ')}]`;
  if (short.length <= 90) return short;
  return `[\n${members.map((member) => `${indent}  ${member},\n`).join('')}${indent}]`;
}

/** Lines `name = value`; the equals signs of neighbours are in one column, as `terraform fmt` wants it. */
function aligned(
  lines: readonly { readonly name: string; readonly value: string }[],
  indent: string,
): string {
  const groups: { name: string; value: string }[][] = [[]];
  for (const line of lines) {
    const isLong = line.value.includes('\n');
    // The formatter aligns lines that begin and end themselves, and a heredoc's first line.
    if (isLong && !line.value.startsWith('<<')) groups.push([]);
    groups.at(-1)?.push(line);
    if (isLong) groups.push([]);
  }
  return groups
    .flatMap((group) => {
      const width = Math.max(0, ...group.map(({ name }) => name.length));
      return group.map(({ name, value }) => `${indent}${name.padEnd(width)} = ${value}\n`);
    })
    .join('');
}

const isBlock = (value: Value): value is Extract<Expression, { kind: 'block' | 'blocks' }> =>
  isExpression(value) && (value.kind === 'block' || value.kind === 'blocks');

/** Attributes first, then nested blocks, each after an empty line. */
function body(parts: Parts, fields: Arguments, indent: string): string {
  const entries = Object.entries(fields);
  const plain = entries
    .filter(([, value]) => !isBlock(value))
    .map(([name, value]) => ({ name, value: valueText(parts, value, indent) }));
  const nested = entries.flatMap(([name, value]) => {
    if (!isBlock(value)) return [];
    const list = value.kind === 'block' ? [value.fields] : value.list;
    return list.map((inner) => {
      const inside = body(parts, inner, `${indent}  `);
      return inside === '' ? `${indent}${name} {}\n` : `${indent}${name} {\n${inside}${indent}}\n`;
    });
  });
  const attributes = aligned(plain, indent);
  return [...(attributes === '' ? [] : [attributes]), ...nested].join('\n');
}

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
    ...(onlyUnless === undefined ? [] : [`  count = ${testText(onlyUnless)} ? 0 : 1\n`]),
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

function condition(name: string, check: Check): { readonly test: string; readonly says: string } {
  if ('oneOf' in check) {
    const list = `[${check.oneOf.map(quoted).join(', ')}]`;
    return { test: `contains(${list}, var.${name})`, says: `One of: ${check.oneOf.join(', ')}.` };
  }
  if ('matches' in check)
    return { test: `can(regex(${quoted(check.matches)}, var.${name}))`, says: check.says };
  const all = `alltrue([for one in var.${name} : can(regex(${quoted(check.eachMatches)}, one))])`;
  return { test: `length(distinct(var.${name})) == ${check.count} && ${all}`, says: check.says };
}

function variableText({ name, type, description, default: usual, check }: Variable): string {
  const fields = [
    { name: 'type', value: type },
    { name: 'description', value: quoted(description) },
    ...(usual === undefined ? [] : [{ name: 'default', value: valueText(new Map(), usual, '  ') }]),
    { name: 'nullable', value: 'false' },
  ];
  const rule = check === undefined ? undefined : condition(name, check);
  const validation =
    rule === undefined
      ? ''
      : `\n  validation {\n${aligned(
          [
            { name: 'condition', value: rule.test },
            { name: 'error_message', value: quoted(rule.says) },
          ],
          '    ',
        )}  }\n`;
  return `variable "${name}" {\n${aligned(fields, '  ')}${validation}}\n`;
}

function versions({ provider: { name, source, version, settings, backend } }: Program): string {
  const fixed = Object.entries(backend.fixed).map(([key, value]) => ({ name: key, value: quoted(value) }));
  return `terraform {
  required_version = ">= 1.6"

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
