import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

import { BuildCache, hashInputs } from '../../lab/build/cache.ts';
import { labIdentity } from '../../lab/identity.ts';
import { Progress } from '../../lab/progress.ts';

const run = promisify(execFile);

/** Arguments of a resource or of a nested block, as the provider declares them. */
export interface BlockSchema {
  /** True for a nested block, false for an argument. */
  readonly members: ReadonlyMap<string, { readonly isBlock: boolean; readonly inner?: string }>;
  readonly required: ReadonlySet<string>;
}

/** A resource: its own arguments, those of its blocks by name, and what can be read of it. */
export interface ResourceSchema {
  readonly root: string;
  readonly blocks: ReadonlyMap<string, BlockSchema>;
  readonly attributes: ReadonlySet<string>;
}

/** Prebuilt bindings of a provider: generated from its schema, by the version that is in their manifest. */
export interface Bindings {
  readonly package: string;
  readonly version: string;
  /** sha512 of the package, as lock files have it. */
  readonly integrity: string;
  /** Beginning of the provider's type names. */
  readonly prefix: string;
}

/** `google_container_cluster`, as a resource or as something that is looked up. */
export interface TypeName {
  readonly type: string;
  readonly isData: boolean;
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Folder of a type in the package. */
function folderOf({ prefix }: Bindings, { type, isData }: TypeName): string {
  const short = type.slice(prefix.length).replaceAll('_', '-');
  return isData ? `data-${prefix.slice(0, -1)}-${short}` : short;
}

/** Code of these types, unpacked into the cache of the lab. It is only read, never run. */
async function unpacked(of: Bindings, types: readonly TypeName[]): Promise<string> {
  const { package: name, version, integrity } = of;
  const folders = [...new Set(types.map((type) => `package/lib/${folderOf(of, type)}`))].sort();
  const { cacheDir } = labIdentity(path.join(import.meta.dirname, '../..'));
  const cache = new BuildCache(cacheDir, new Progress(path.join(cacheDir, 'times'), log), log);
  return cache.get({
    name: `bindings-${name.replace(/^.*\/provider-/, '')}`,
    key: await hashInputs([name, version, integrity, ...folders]),
    expectedSeconds: 60,
    build: async (to) => {
      const { stdout } = await run(
        'npm',
        ['pack', '--json', '--pack-destination', to, `${name}@${version}`],
        { cwd: to },
      );
      const [{ filename = '' } = {}] = JSON.parse(stdout) as readonly { readonly filename?: string }[];
      const file = path.join(to, path.basename(filename.replace('@', '').replace('/', '-')));
      const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
      if (found !== integrity)
        throw new Error(`${name}@${version} has the checksum ${found}, not ${integrity}`);
      const code = path.join(to, 'code');
      mkdirSync(code);
      // A type that the package does not have is told by whoever asks for its schema.
      const { stdout: listed } = await run('tar', ['-tzf', file], { maxBuffer: 64 * 1024 * 1024 });
      const there = folders.filter((folder) => listed.includes(`${folder}/index.js\n`));
      await run('tar', ['-xzf', file, '-C', code, ...there]);
      rmSync(file);
    },
  });
}

/** Text of all files with this end below a folder. */
function texts(folder: string, end: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
}

const upperFirst = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** `name: { value: ..., isBlock: ... }` of one list of attributes. */
function members(code: string): BlockSchema['members'] {
  const found = [...code.matchAll(/^\s+(\w+): \{\s+value: (.*),\s+isBlock: (true|false),/gm)];
  return new Map(
    found.map(([, name = '', value = '', isBlock]) => {
      const [, inner] = /(\w+)ToHclTerraform[,)]/.exec(value.replaceAll(/cdktf\.\w+/g, '')) ?? [];
      return [
        name,
        { isBlock: isBlock === 'true', ...(inner !== undefined && { inner: upperFirst(inner) }) },
      ];
    }),
  );
}

/** Names of what an interface asks for: `readonly name: string`, with the argument's own name in the link above it. */
function requiredOf(types: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = [...types.matchAll(/export interface (\w+) (?:extends [^{]+ )?\{([\s\S]*?)\n\}/g)];
  return new Map(
    found.map(([, name = '', body = '']) => [
      name,
      new Set(
        [...body.matchAll(/#(\w+) \w+#\w+\}\s*\*\/\s*readonly \w+: /g)].map(([, argument = '']) => argument),
      ),
    ]),
  );
}

/** What the bindings say about a type; undefined where the provider has no such type. */
function schemaOf(folder: string, of: Bindings, type: TypeName): ResourceSchema | undefined {
  const place = path.join(folder, 'code/package/lib', folderOf(of, type));
  let code: string;
  try {
    code = texts(place, '.js');
  } catch {
    return undefined;
  }
  const required = requiredOf(texts(place, '.d.ts'));
  const blocks = new Map<string, BlockSchema>();
  for (const [, inner = '', body = ''] of code.matchAll(
    /function (\w+)ToHclTerraform\(struct\) \{([\s\S]*?)\n\}/g,
  )) {
    const key = upperFirst(inner);
    blocks.set(key, { members: members(body), required: required.get(key) ?? new Set() });
  }
  const [, own = ''] = /synthesizeHclAttributes\(\) \{([\s\S]*?)\n {4}\}/.exec(code) ?? [];
  const [, root = ''] = /\nclass (\w+) extends cdktf\.Terraform(?:Resource|DataSource)/.exec(code) ?? [];
  blocks.set(root, { members: members(own), required: required.get(`${root}Config`) ?? new Set() });
  const attributes = [...code.matchAll(/this\.get\w+Attribute\('(\w+)'\)/g)].map(([, one = '']) => one);
  const lists = [...code.matchAll(/new \w+(?:List|OutputReference)\(this, "(\w+)"/g)].map(
    ([, one = '']) => one,
  );
  return { root, blocks, attributes: new Set([...attributes, ...lists, ...members(own).keys()]) };
}

/** Schemas of these types, by their names. Needs the npm registry when they are not in the cache of the lab. */
export async function schemas(
  of: Bindings,
  types: readonly TypeName[],
): Promise<ReadonlyMap<string, ResourceSchema | undefined>> {
  const folder = await unpacked(of, types);
  return new Map(types.map((type) => [type.type, schemaOf(folder, of, type)]));
}
