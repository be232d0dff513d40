import { single } from './single.ts';
import { camelCase, type Arguments, type Expression, type Test, type Value } from './model.ts';

const isExpression = (value: Value): value is Expression =>
  typeof value === 'object' && !Array.isArray(value);

const property = (name: string) => (/^[a-z_$][\w$]*$/i.test(name) ? name : single(name));

export const testText = ({ variable, is }: Test) => `config.${camelCase(variable)} === ${single(is)}`;

/** `dns_resource_record[0].name` as `dnsResourceRecords[0].name`, unless another path is given. */
function attributeText({ of, path, pulumiPath }: Extract<Expression, { kind: 'attribute' }>): string {
  return `${camelCase(of)}.${pulumiPath ?? path.split('.').map(camelCase).join('.')}`;
}

export function objectText(entries: readonly (readonly [string, string])[], indent: string): string {
  if (entries.length === 0) return '{}';
  const short = `{ ${entries.map(([name, value]) => (name === value ? name : `${name}: ${value}`)).join(', ')} }`;
  if (short.length <= 70 && !short.includes('\n')) return short;
  const lines = entries.map(([name, value]) => `${indent}  ${name}: ${value},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

export function listText(members: readonly string[], indent: string): string {
  const short = `[${members.join(', ')}]`;
  if (short.length <= 80 && !short.includes('\n')) return short;
  return `[\n${members.map((member) => `${indent}  ${member},\n`).join('')}${indent}]`;
}

function expressionText(value: Expression, indent: string): string {
  switch (value.kind) {
    case 'attribute':
      return attributeText(value);
    case 'variable':
      return `config.${camelCase(value.name)}`;
    case 'item':
      return `config.${camelCase(value.variable)}[${value.index}]`;
    case 'each':
      return 'each';
    case 'number':
      return `Number(${expressionText(value.of, indent)})`;
    case 'public':
      return `pulumi.unsecret(${expressionText(value.of, indent)})`;
    case 'choice':
      return `${testText(value.test)} ? ${valueText(value.chosen, indent)} : ${valueText(value.otherwise, indent)}`;
    case 'text':
      return templateText(value.parts, indent);
    case 'map':
      return objectText(
        Object.entries(value.entries).map(([key, one]) => [property(key), valueText(one, `${indent}  `)]),
        indent,
      );
    case 'block':
      return argumentsText(value.fields, indent);
    case 'blocks':
      return listText(
        value.list.map((fields) => argumentsText(fields, `${indent}  `)),
        indent,
      );
  }
}

/** Plain templates where nothing in them is known only later. */
function templateText(parts: readonly (Expression | string)[], indent: string): string {
  const isLate = parts.some((part) => typeof part !== 'string' && part.kind === 'attribute');
  const inner = parts
    .map((part) =>
      typeof part === 'string'
        ? part.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')
        : `\${${expressionText(part, indent)}}`,
    )
    .join('');
  return `${isLate ? 'pulumi.interpolate' : ''}\`${inner}\``;
}

export function valueText(value: Value, indent: string): string {
  if (typeof value === 'string') return single(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isExpression(value)) return expressionText(value, indent);
  return listText(
    value.map((one) => valueText(one, `${indent}  `)),
    indent,
  );
}

/** Bridged providers name a list of blocks in the plural. */
function argumentName(name: string, value: Value): string {
  if (!isExpression(value) || value.kind !== 'blocks') return camelCase(name);
  return value.plural ?? camelCase(name.endsWith('s') ? name : `${name}s`);
}

export function argumentsText(
  fields: Arguments,
  indent: string,
  renamed: Readonly<Record<string, string>> = {},
): string {
  const entries = Object.entries(fields).map(([name, value]): readonly [string, string] => [
    renamed[name] ?? argumentName(name, value),
    valueText(value, `${indent}  `),
  ]);
  return objectText(entries, indent);
}

/** The values that a value is made of. */
function innerValues(value: Expression): readonly Value[] {
  switch (value.kind) {
    case 'block':
      return Object.values(value.fields);
    case 'blocks':
      return value.list.flatMap((fields) => Object.values(fields));
    case 'choice':
      return [value.chosen, value.otherwise];
    case 'map':
      return Object.values(value.entries);
    case 'number':
    case 'public':
      return [value.of];
    case 'text':
      return value.parts;
    case 'attribute':
    case 'each':
    case 'item':
    case 'variable':
      return [];
  }
}

/** Keys of parts that a value names. */
export function namedIn(value: Value): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(namedIn);
  if (!isExpression(value)) return [];
  return value.kind === 'attribute' ? [value.of] : innerValues(value).flatMap(namedIn);
}
