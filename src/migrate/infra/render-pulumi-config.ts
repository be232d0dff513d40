import { camelCase, type Check, type Program, type Variable } from './model.ts';
import { single } from './single.ts';

const quoted = single;

function reader({ type, default: usual, pulumiKey, name }: Variable): string {
  const [space, key] = pulumiKey === undefined ? ['own', camelCase(name)] : pulumiKey.split(':');
  const from = pulumiKey === undefined ? 'own' : `new pulumi.Config('${space ?? ''}')`;
  const kind = { bool: 'Boolean', number: 'Number', string: '', 'list(string)': 'Object<string[]>' }[type];
  if (usual === undefined) return `${from}.require${kind}('${key ?? ''}')`;
  return `${from}.get${kind}('${key ?? ''}') ?? ${typeof usual === 'string' ? single(usual) : JSON.stringify(usual)}`;
}

function checkCall(value: string, name: string, check: Check | undefined): string {
  if (check === undefined) return value;
  if ('oneOf' in check) return `oneOf('${name}', ${value}, [${check.oneOf.map(single).join(', ')}])`;
  if ('matches' in check)
    return `matching('${name}', ${value}, ${regex(check.matches)}, ${quoted(check.says)})`;
  return `members('${name}', ${value}, { count: ${check.count}, pattern: ${regex(check.eachMatches)}, says: ${quoted(check.says)} })`;
}

const regex = (pattern: string) => `/${pattern.replaceAll('/', String.raw`\/`)}/`;

const helpers: Readonly<Record<string, string>> = {
  matching: `function matching(name: string, value: string, pattern: RegExp, says: string): string {
  if (!pattern.test(value)) throw new Error(\`\${name}: \${says}\`);
  return value;
}
`,
  oneOf: `function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (!allowed.includes(value)) throw new Error(\`\${name}: one of \${allowed.join(', ')}\`);
  return value;
}
`,
  members: `function members(
  name: string,
  values: string[],
  { count, pattern, says }: { count: number; pattern: RegExp; says: string },
): string[] {
  const isGood = new Set(values).size === count && values.length === count && values.every((one) => pattern.test(one));
  if (!isGood) throw new Error(\`\${name}: \${says}\`);
  return values;
}
`,
};

/** A text for people with the names of variables and outputs as Pulumi has them. */
export function withPulumiNames(
  text: string,
  { variables, outputs }: Pick<Program, 'outputs' | 'variables'>,
): string {
  const names = [...variables, ...outputs].map(({ name }) => name).filter((name) => name.includes('_'));
  return names.reduce((said, name) => said.replaceAll(name, camelCase(name)), text);
}

/** `config.ts`: what a person chooses, read and checked once, when the program starts. */
export function pulumiConfig(program: Program): string {
  const { variables } = program;
  const fields = variables.map((variable) => {
    const { name, description, check } = variable;
    const value = checkCall(reader(variable), camelCase(name), check);
    return `  // ${withPulumiNames(description, program)}\n  ${camelCase(name)}: ${value},\n`;
  });
  const body = fields.join('');
  const used = Object.entries(helpers)
    .filter(([name]) => body.includes(`${name}(`))
    .map(([, code]) => code);
  return `// What a person chooses: pulumi config set NAME VALUE (README.md lists them).
import * as pulumi from '@pulumi/pulumi';

const own = new pulumi.Config();

${used.join('\n')}
export const config = {
${body}};
`;
}
