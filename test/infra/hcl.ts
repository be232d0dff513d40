import { createRequire } from 'node:module';
import path from 'node:path';

import type { ResourceSchema } from './provider-schema.ts';

/** Objects of HCL as JSON (hcl2json): blocks are lists, expressions are texts in `${}`. */
export type Json = Readonly<Record<string, unknown>>;

const load = createRequire(path.join(import.meta.dirname, '../../infra/package.json'));

/** Parses a file of Terraform; rejects with line and column when it is none. */
export async function parseHcl(name: string, text: string): Promise<Json> {
  const { parse } = load('@cdktf/hcl2json') as {
    readonly parse: (name: string, text: string) => Promise<Json>;
  };
  return parse(name, text);
}

/** Arguments of Terraform itself. */
const meta = new Set(['count', 'depends_on', 'for_each', 'lifecycle', 'provider']);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function blockProblems(schema: ResourceSchema, key: string, found: Json, place: string): readonly string[] {
  const block = schema.blocks.get(key);
  if (block === undefined) return [`${place}: the bindings have no ${key}`];
  const lacking = [...block.required]
    .filter((name) => found[name] === undefined)
    .map((name) => `${place}: lacks ${name}`);
  const wrong = Object.entries(found).flatMap(([name, value]): readonly string[] => {
    const member = block.members.get(name);
    if (member === undefined) return meta.has(name) ? [] : [`${place}: there is no ${name}`];
    const looksLikeBlock = Array.isArray(value) && value.length > 0 && value.every(isObject);
    if (!member.isBlock) return looksLikeBlock ? [`${place}: ${name} is no block`] : [];
    if (!looksLikeBlock) return [`${place}: ${name} is a block`];
    return (value as readonly Json[]).flatMap((one) =>
      member.inner === undefined ? [] : blockProblems(schema, member.inner, one, `${place}.${name}`),
    );
  });
  return [...lacking, ...wrong];
}

/** What the schema has against a resource: unknown or lacking arguments, blocks where there are none. */
export function resourceProblems(schema: ResourceSchema, found: Json, place: string): readonly string[] {
  return blockProblems(schema, schema.root, found, place);
}
