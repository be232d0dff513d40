import { pulumiConfig, withPulumiNames } from './render-pulumi-config.ts';
import { argumentsText, listText, namedIn, objectText, testText, valueText } from './pulumi-values.ts';
import { single } from './single.ts';
import {
  camelCase,
  isResource,
  partsByKey,
  type DataSource,
  type Program,
  type Resource,
  type Subject,
  type Value,
} from './model.ts';

const comment = (text: string | undefined) => {
  const lines = (text ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => `// ${line}\n`).join('');
};

/** `settings[0].disk_size` as `settings.diskSize`: in Pulumi a block of which there is one is no list. */
function ignoredPath(name: string): string {
  return name.replaceAll('[0]', '').split('.').map(camelCase).join('.');
}

function optionsText(
  { after = [], isKept, ignore = [] }: Resource,
  parts: ReturnType<typeof partsByKey>,
): string {
  const names = after.map((key) => {
    const part = parts.get(key);
    const isMany = part !== undefined && isResource(part) && part.each !== undefined;
    return isMany ? `...${camelCase(key)}` : camelCase(key);
  });
  const entries: (readonly [string, string])[] = [
    ...(names.length > 0 ? [['dependsOn', `[${names.join(', ')}]`] as const] : []),
    ...(isKept === true ? [['protect', 'true'] as const] : []),
    ...(ignore.length > 0
      ? [['ignoreChanges', `[${ignore.map((name) => single(ignoredPath(name))).join(', ')}]`] as const]
      : []),
  ];
  return entries.length === 0 ? '' : `, ${objectText(entries, '')}`;
}

function resourceText(resource: Resource, parts: ReturnType<typeof partsByKey>): string {
  const { key, pulumi, each, onlyIf, onlyUnless } = resource;
  const head = `${comment(resource.comment)}export const ${camelCase(key)} = `;
  const indent = each === undefined ? '' : '    ';
  const name = key.replaceAll('_', '-');
  const label = each === undefined ? single(name) : `\`${name}-\${each}\``;
  const own = Object.fromEntries(
    Object.entries(resource.arguments).map(([argument, value]) => [
      argument,
      resource.single?.includes(argument) === true && Array.isArray(value)
        ? ((value as readonly Value[])[0] ?? '')
        : value,
    ]),
  );
  const made = `new ${pulumi}(${label}, ${argumentsText(own, indent, resource.renamed)}${optionsText(resource, parts)})`;
  if (each !== undefined)
    return `${head}${listText(each.map(single), '')}.map(\n  (each) =>\n    ${made},\n);\n`;
  if (onlyIf !== undefined) return `${head}${testText(onlyIf)} ? ${made} : undefined;\n`;
  if (onlyUnless !== undefined)
    return `${head}${onlyUnless.map(testText).join(' || ')} ? undefined : ${made};\n`;
  return `${head}${made};\n`;
}

function partText(part: DataSource | Resource, parts: ReturnType<typeof partsByKey>): string {
  if (isResource(part)) return resourceText(part, parts);
  return `${comment(part.comment)}export const ${camelCase(part.key)} = ${part.pulumi}(${argumentsText(part.arguments, '')});\n`;
}

/** Imports of what other files have. */
function imports(used: readonly string[], own: Subject | undefined, { subjects }: Program): string {
  return subjects
    .filter((subject) => subject !== own)
    .flatMap(({ name, parts }) => {
      const names = parts.map(({ key }) => key).filter((key) => used.includes(key));
      return names.length === 0 ? [] : [`import { ${names.map(camelCase).join(', ')} } from './${name}';\n`];
    })
    .join('');
}

function subjectFile(subject: Subject, program: Program): string {
  const { package: library, as } = program.provider.pulumi;
  const parts = partsByKey(program);
  const told = ({ comment: about, ...part }: DataSource | Resource) => ({
    ...part,
    ...(about !== undefined && { comment: withPulumiNames(about, program) }),
  });
  const code = subject.parts.map((part) => partText(told(part), parts)).join('\n');
  const head = [
    ...(/\bpulumi\./.test(code) ? [`import * as pulumi from '@pulumi/pulumi';\n`] : []),
    `import * as ${as} from '${library}';\n`,
    '\n',
    ...(/\bconfig\./.test(code) ? [`import { config } from './config';\n`] : []),
    imports(
      subject.parts.flatMap((part) => [
        ...Object.values(part.arguments).flatMap(namedIn),
        ...(isResource(part) ? (part.after ?? []) : []),
      ]),
      subject,
      program,
    ),
  ].join('');
  return `${comment(subject.about)}${head.trimEnd()}\n\n${code}`;
}

function indexFile(program: Program): string {
  const outputs = program.outputs.map(
    ({ name, description, value }) =>
      `${comment(description)}export const ${camelCase(name)} = ${valueText(value, '')};\n`,
  );
  const code = outputs.join('\n');
  const used = imports(
    program.outputs.flatMap(({ value }) => namedIn(value)),
    undefined,
    program,
  );
  const loaded = program.subjects.map(({ name }) => `import './${name}';\n`).join('');
  const pulumi = /\bpulumi\./.test(code) ? `import * as pulumi from '@pulumi/pulumi';\n\n` : '';
  const config = /\bconfig\./.test(code) ? `import { config } from './config';\n` : '';
  return `${pulumi}${loaded}${config}${used}\n${code}`;
}

function manifestFile({ provider: { pulumi } }: Program, name: string): string {
  const manifest = {
    name,
    private: true,
    main: 'index.ts',
    dependencies: { [pulumi.package]: pulumi.version, '@pulumi/pulumi': '3.270.0' },
    devDependencies: { '@types/node': '24.10.1', typescript: '6.0.3' },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

const compilerOptions = {
  strict: true,
  target: 'es2022',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  outDir: 'bin',
  types: ['node'],
  skipLibCheck: true,
  noUncheckedIndexedAccess: false,
  forceConsistentCasingInFileNames: true,
};

/** The program as a Pulumi project in TypeScript with exact pins. `name`: of the project. */
export function pulumiFiles(program: Program, name: string): Readonly<Record<string, string>> {
  return {
    'Pulumi.yaml': `name: ${name}\ndescription: What the stack runs on\nruntime: nodejs\n`,
    'package.json': manifestFile(program, name),
    'tsconfig.json': `${JSON.stringify({ compilerOptions, include: ['*.ts'] }, undefined, 2)}\n`,
    '.gitignore': 'node_modules/\nbin/\n',
    'config.ts': pulumiConfig(program),
    ...Object.fromEntries(
      program.subjects.map((subject) => [`${subject.name}.ts`, subjectFile(subject, program)]),
    ),
    'index.ts': indexFile(program),
  };
}
