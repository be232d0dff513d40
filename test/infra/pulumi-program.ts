import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { camelCase } from '../../src/migrate/infra/model.ts';
import type { DatabaseChoice, TargetId } from '../../src/migrate/target.ts';
import { migratedExample, writeFiles } from '../fakes/migrated.ts';
import { choices } from './choices.ts';
import { parseHcl, type Json } from './hcl.ts';

const run = promisify(execFile);

const infra = path.join(import.meta.dirname, '../../infra');
const compiler = path.join(infra, 'node_modules/typescript/bin/tsc');

interface Made {
  readonly type: string;
  readonly name: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- inputs are looked into by matchers only
  readonly inputs: Readonly<Record<string, any>>;
}

/** What a program would make, and what it tells. */
export interface Ran {
  readonly resources: readonly Made[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Names of outputs that `pulumi stack output` prints as `[secret]`. */
  readonly secret: readonly string[];
}

type Config = Readonly<Record<string, string>>;

/** Writes the program below infra/, whose packages it finds there, and compiles it with its own settings. */
async function compiled(id: TargetId, database: DatabaseChoice): Promise<string> {
  const parent = path.join(infra, 'node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'program-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const { files } = await migratedExample(id, database);
  writeFiles(folder, files);
  const program = path.join(folder, 'pulumi');
  try {
    await run(process.execPath, [compiler, '-p', '.'], { cwd: program });
  } catch (error) {
    throw new Error(`it does not compile: ${(error as { readonly stdout?: string }).stdout ?? ''}`, {
      cause: error,
    });
  }
  return program;
}

async function ran(program: string, config: Config): Promise<Ran> {
  const runner = path.join(import.meta.dirname, 'pulumi-runner.cjs');
  const { stdout } = await run(process.execPath, [runner, JSON.stringify(config)], { cwd: program });
  return JSON.parse(stdout) as Ran;
}

/** Values that are right in form, where the program looks for them. */
function goodConfig(id: TargetId, keys: ReadonlyMap<string, string>): Config {
  const { good = {} } = choices[id] ?? {};
  return Object.fromEntries(
    Object.entries(good).map(([name, value]) => [
      keys.get(name) ?? `jewelry-shop:${camelCase(name)}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** Where Pulumi's own providers look. */
const providerKeys = new Map([
  ['project_id', 'gcp:project'],
  ['subscription_id', 'azure:subscriptionId'],
]);

const regionKey: Readonly<Record<TargetId, string>> = {
  gke: 'gcp:region',
  eks: 'aws:region',
  aks: 'azure:location',
};

/** Names of the Terraform resources, each as often as there will be one. */
async function terraformNames(id: TargetId, database: DatabaseChoice): Promise<readonly string[]> {
  const { files } = await migratedExample(id, database);
  const texts = Object.entries(files).filter(([name]) => name.startsWith('tofu/'));
  const documents = await Promise.all(texts.map(([name, text]) => parseHcl(name, text)));
  const named = documents.flatMap((document) =>
    Object.values(
      (document['resource'] ?? {}) as Readonly<Record<string, Readonly<Record<string, readonly Json[]>>>>,
    ),
  );
  return named.flatMap((resources) =>
    Object.entries(resources).flatMap(([name, [found = {}]]) => {
      const each = /\$\{toset\((\[[\s\S]*\])\)\}/.exec(
        JSON.stringify(found['for_each'] ?? '').replaceAll('\\"', '"'),
      );
      const count = each === null ? 1 : [...(each[1] ?? '').matchAll(/"[^"]+"/g)].length;
      return Array.from({ length: count }, () => name.replaceAll('_', '-'));
    }),
  );
}

/**
 * Compiles and runs a program before the tests of a suite, and adds the tests that are the same for every provider. `more`: what
 * is configured besides what a person must choose, so that everything is made.
 */
export function pulumiProgram(
  id: TargetId,
  database: DatabaseChoice,
  more: Config,
): { readonly made: () => Ran; readonly again: (other: Config) => Promise<Ran> } {
  const program: { folder?: string; made?: Ran } = {};
  const config = { ...goodConfig(id, new Map([...providerKeys, ['region', regionKey[id]]])), ...more };
  const again = (other: Config) => ran(program.folder ?? '', { ...config, ...other });

  beforeAll(async () => {
    program.folder = await compiled(id, database);
    program.made = await again({});
  }, 240_000);

  const made = (): Ran => {
    if (program.made === undefined) throw new Error('the program did not run');
    return program.made;
  };

  test('the outputs are the settings that the overlay asks for, with a value each', async () => {
    const { files } = await migratedExample(id, database);
    const asked = [
      ...(files[`kubernetes/overlays/${id}/settings.env.example`] ?? '').matchAll(/^([A-Z_]+)=$/gm),
    ];
    const given = String(made().outputs['settingsEnv']).trimEnd().split('\n');
    expect(given.map((line) => line.split('=')[0])).toEqual(asked.map(([, name]) => name));
    for (const line of given) expect(line).toMatch(/^[A-Z_]+=[\w.:/-]+$/);
  });

  test('no output is hidden: each is written into a file or read by a person', () => {
    expect(made().secret).toEqual([]);
  });

  test('makes what the Terraform files make', async () => {
    const names = await terraformNames(id, database);
    // One of several is called after the resource and its member: the longest name that fits is meant.
    const longest = [...new Set(names)].toSorted((a, b) => b.length - a.length);
    const there = made().resources.map(
      ({ name }) =>
        (names.includes(name) ? name : longest.find((known) => name.startsWith(`${known}-`))) ?? name,
    );
    expect([...there].sort()).toEqual([...names].sort());
  });

  return { made, again };
}

/** Everything of a type: `Bucket`. */
export const of = ({ resources }: Ran, type: string): readonly Made[] =>
  resources.filter((found) => found.type.endsWith(`:${type}`));

/** The inputs of the one of a type; throws when there is not exactly one. */
export function one(made: Ran, type: string, name?: string): Made['inputs'] {
  const [found, ...others] = of(made, type).filter((entry) => name === undefined || entry.name === name);
  if (found === undefined || others.length > 0) throw new Error(`there is not one ${type} ${name ?? ''}`);
  return found.inputs;
}
