import {
  isResource,
  type Arguments,
  type Expression,
  type partsByKey,
  type Test,
  type Value,
} from './model.ts';

/** The parts of a program, by their keys. */
export type Parts = ReturnType<typeof partsByKey>;

export const quoted = (text: string) =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('${', '$${').replaceAll('%{', '%%{')}"`;

const isExpression = (value: Value): value is Expression =>
  typeof value === 'object' && !Array.isArray(value);

export function attributeText(
  parts: Parts,
  { of, path }: Extract<Expression, { kind: 'attribute' }>,
): string {
  const part = parts.get(of);
  if (part === undefined) throw new Error(`there is no ${of}`);
  return isResource(part) ? `${part.type}.${of}.${path}` : `data.${part.data}.${of}.${path}`;
}

export const testText = ({ variable, is }: Test) => `var.${variable} == ${quoted(is)}`;

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
    case 'public':
      return `nonsensitive(${expressionText(parts, value.of, indent)})`;
    case 'choice': {
      const [chosen, otherwise] = [value.chosen, value.otherwise].map((one) => valueText(parts, one, indent));
      return `${testText(value.test)} ? ${chosen} : ${otherwise}`;
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

export function valueText(parts: Parts, value: Value, indent: string): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isExpression(value)) return expressionText(parts, value, indent);
  const members = value.map((one) => valueText(parts, one, `${indent}  `));
  const short = `[${members.join(', ')}]`;
  if (short.length <= 90) return short;
  return `[\n${members.map((member) => `${indent}  ${member},\n`).join('')}${indent}]`;
}

/** Lines `name = value`; the equals signs of neighbours are in one column, as `terraform fmt` wants it. */
export function aligned(
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
export function body(parts: Parts, fields: Arguments, indent: string): string {
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
