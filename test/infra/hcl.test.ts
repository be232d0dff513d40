import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import type { DatabaseChoice, TargetId } from '../../src/migrate/target.ts';
import { errorCode } from '../../src/record/explained-error.ts';
import { migratedExample, writeFiles } from '../fakes/migrated.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { choices } from './choices.ts';
import { parseHcl, resourceProblems, type Json } from './hcl.ts';
import { schemas, type TypeName } from './provider-schema.ts';
import { providers } from './providers.ts';

const run = promisify(execFile);

type Kind = 'data' | 'resource';

interface Parsed {
  readonly texts: readonly string[];
  readonly all: readonly {
    readonly kind: Kind;
    readonly type: string;
    readonly name: string;
    readonly found: Json;
  }[];
  readonly variables: Json;
}

async function parsed(id: TargetId, database: DatabaseChoice): Promise<Parsed> {
  const { files } = await migratedExample(id, database);
  const texts = Object.entries(files).filter(([name]) => name.startsWith('tofu/'));
  const documents = await Promise.all(texts.map(([name, text]) => parseHcl(name, text)));
  const all = documents.flatMap((document) =>
    (['data', 'resource'] as const).flatMap((kind) =>
      Object.entries((document[kind] ?? {}) as Readonly<Record<string, Json>>).flatMap(([type, named]) =>
        Object.entries(named).map(([name, list]) => ({
          kind,
          type,
          name,
          found: (list as readonly Json[])[0] ?? {},
        })),
      ),
    ),
  );
  const variables = Object.assign({}, ...documents.map(({ variable }) => variable)) as Json;
  return { texts: texts.map(([, text]) => text), all, variables };
}

const kinds = [
  ['gke', 'operator'],
  ['gke', 'managed'],
  ['eks', 'operator'],
  ['eks', 'managed'],
  ['aks', 'operator'],
] as const;

describe.each(kinds)('the Terraform files for %s with the database by %s', (id, database) => {
  test(
    'are HCL, and have nothing that the provider’s schema does not have, and lack nothing that it asks for',
    { timeout: 300_000 },
    async () => {
      const provider = providers[id];
      if (provider === undefined) throw new Error(`there are no bindings for ${id}`);
      const { all } = await parsed(id, database);
      expect(all.length).toBeGreaterThan(20);
      const types: TypeName[] = all.map(({ kind, type }) => ({ type, isData: kind === 'data' }));
      const known = await schemas(provider, types);
      const problems = all.flatMap(({ type, name, found }) => {
        const schema = known.get(type);
        return schema === undefined
          ? [`there is no ${type}`]
          : resourceProblems(schema, found, `${type}.${name}`);
      });
      expect(problems).toEqual([]);
    },
  );

  test(
    'refer only to what is there: resources, their attributes, variables',
    { timeout: 300_000 },
    async () => {
      const provider = providers[id];
      if (provider === undefined) throw new Error(`there are no bindings for ${id}`);
      const { all, texts, variables } = await parsed(id, database);
      const types = all.map(({ kind, type }) => ({ type, isData: kind === 'data' }));
      const known = await schemas(provider, types);
      const code = texts.join('\n').replaceAll(/^\s*#.*$/gm, '');
      const references = [
        ...code.matchAll(new RegExp(`\\b(data\\.)?(${provider.prefix}\\w+)\\.(\\w+)\\.(\\w+)`, 'g')),
      ];
      expect(references.length).toBeGreaterThan(10);
      for (const [reference, , type = '', name, attribute = ''] of references) {
        expect(
          all.some((one) => one.type === type && one.name === name),
          reference,
        ).toBe(true);
        expect(known.get(type)?.attributes.has(attribute) === true || attribute === 'id', reference).toBe(
          true,
        );
      }
      const used = new Set([...code.matchAll(/\bvar\.(\w+)/g)].map(([, name = '']) => name));
      expect([...used].sort()).toEqual(Object.keys(variables).sort());
    },
  );

  test('ask a person for what only a person knows, with a type and a description', async () => {
    const { variables } = await parsed(id, database);
    const all = Object.entries(variables as Readonly<Record<string, readonly Json[]>>);
    for (const [name, [variable = {}]] of all) {
      expect(String(variable['description']).length, name).toBeGreaterThan(10);
      expect(variable['type'], name).toBeDefined();
    }
    const asked = all
      .filter(([, [variable = {}]]) => variable['default'] === undefined)
      .map(([name]) => name);
    expect(asked).toEqual(expect.arrayContaining(['domain', 'alert_email', 'region', 'quiet_hour']));
  });

  test('are formatted as terraform fmt does it', async (context) => {
    const { files } = await migratedExample(id, database);
    const folder = temporaryFolder();
    writeFiles(folder, files);
    try {
      const { stdout } = await run('terraform', [`-chdir=${folder}/tofu`, 'fmt', '-check', '-diff']);
      expect(stdout).toBe('');
    } catch (error) {
      skipWhen(context, errorCode(error) === 'ENOENT' ? 'needs terraform' : undefined);
      throw error;
    }
  });

  test('keep no secret, and protect what must not go', async () => {
    const { all, texts } = await parsed(id, database);
    expect(texts.join('\n')).not.toMatch(
      /(?<!manage_master_user_)password\s*=|random_password|secret_data|BEGIN [A-Z ]*PRIVATE KEY/,
    );
    const isKept = ({ found }: (typeof all)[number]) =>
      JSON.stringify(found['lifecycle'] ?? '').includes('"prevent_destroy":true');
    const kept = all.filter(isKept).map(({ name }) => name);
    const files = id === 'gke' ? 'uploads' : 'files';
    const wanted = ['cluster', 'backups', files, 'zone', ...(database === 'managed' ? ['database'] : [])];
    expect(kept).toEqual(expect.arrayContaining(wanted));
  });
});

test(
  'the schema finds what is wrong: an unknown argument, a missing one, a block that is none',
  { timeout: 300_000 },
  async () => {
    const provider = providers.gke;
    if (provider === undefined) throw new Error('there are no bindings');
    const type = 'google_storage_bucket';
    const schema = (await schemas(provider, [{ type, isData: false }])).get(type);
    if (schema === undefined) throw new Error('there is no schema');
    const text = `resource "google_storage_bucket" "b" {\n  name = "x"\n  versionning { enabled = true }\n  versioning = true\n  location { a = 1 }\n}\n`;
    const document = (await parseHcl('b.tf', text)) as {
      readonly resource: Record<string, Record<string, readonly Json[]>>;
    };
    const problems = resourceProblems(schema, document.resource[type]?.['b']?.[0] ?? {}, 'b');
    const wanted = ['b: location is no block', 'b: there is no versionning', 'b: versioning is a block'];
    expect([...problems].sort()).toEqual(wanted);
    expect(resourceProblems(schema, { name: 'x' }, 'b')).toEqual(['b: lacks location']);
    await expect(parseHcl('b.tf', 'resource "a" "b" {')).rejects.toThrow(/b\.tf/);
  },
);

const cases = [...new Set(kinds.map(([id]) => id))].flatMap((id) => {
  const { good = {}, wrong = {} } = choices[id] ?? {};
  const bad = Object.entries(wrong);
  return [['what is right', ''] as const, ...bad].map(([name, value]) => ({
    id,
    name,
    values: name in wrong ? Object.assign({}, good, { [name]: value }) : good,
  }));
});

async function plan(id: TargetId, values: Readonly<Record<string, unknown>>) {
  const { files } = await migratedExample(id, id === 'aks' ? 'operator' : 'managed');
  const folder = temporaryFolder();
  const variables = files['tofu/variables.tf'] ?? '';
  const declared = new Set([...variables.matchAll(/^variable "(\w+)"/gm)].map(([, name = '']) => name));
  const given = Object.entries(values).filter(([name]) => declared.has(name));
  // The variables alone: what asks the provider cannot be planned here.
  const text = JSON.stringify(Object.fromEntries(given));
  writeFiles(folder, { 'variables.tf': variables, 'terraform.tfvars.json': text });
  return run('terraform', [`-chdir=${folder}`, 'plan', '-input=false', '-no-color']);
}

describe('the variables, as Terraform itself judges them', () => {
  test.for(cases)('$id: $name', async ({ id, name, values }, context) => {
    const said = await plan(id, values).then(
      () => '',
      (error: unknown) => {
        skipWhen(context, errorCode(error) === 'ENOENT' ? 'needs terraform' : undefined);
        return String((error as { readonly stderr?: string }).stderr);
      },
    );
    const refused = new RegExp(`Invalid value for variable[^]*var\\.${name} is`);
    expect(said).toMatch(name === 'what is right' ? /^$/ : refused);
  });
});
