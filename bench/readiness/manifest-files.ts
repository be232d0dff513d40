import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { parseAllDocuments } from 'yaml';

/** An object as it is written down. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** YAML files of a folder, in order; not those that say how Kustomize makes others of them. */
export function yamlFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name) && !/(^|\/)kustomization\.ya?ml$/.test(name))
    .map((name) => path.join(folder, name))
    .sort();
}

function flattened(value: unknown): readonly Manifest[] {
  const { kind, items } = (value ?? {}) as { readonly kind?: string; readonly items?: readonly Manifest[] };
  if (kind === undefined) return [];
  return kind.endsWith('List') && items !== undefined ? items : [value as Manifest];
}

/** Every object of a folder, those that others are made of first. Throws when a file is no YAML. */
export function manifestsIn(folder: string): readonly Manifest[] {
  const all = yamlFiles(folder).flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1' }).flatMap((document) => {
      const [problem] = document.errors;
      if (problem !== undefined) throw new Error(`${file}: ${problem.message}`);
      return flattened(document.toJS());
    }),
  );
  const rank = ({ kind }: Manifest) => ['Namespace', 'CustomResourceDefinition'].indexOf(kind);
  return [...all].sort((one, other) => (rank(one) < 0 ? 2 : rank(one)) - (rank(other) < 0 ? 2 : rank(other)));
}
