import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse, parseAllDocuments } from 'yaml';

import { operatorObjects, type Manifest } from './inventory.ts';

const shop = join(import.meta.dirname, '../../examples/jewelry-shop');
const text = (name: string) => readFileSync(join(shop, name), 'utf8');

/** The documents of a file of the example. */
export function exampleManifests(name: string): readonly Manifest[] {
  return parseAllDocuments(text(name)).map((document) => document.toJS() as Manifest);
}

/** The base as Kustomize builds it, and what the operator makes of the database's resource. */
export function exampleBase(): readonly Manifest[] {
  const { resources } = parse(text('base/kustomization.yaml')) as { resources: readonly string[] };
  return [
    ...resources.flatMap((name) => exampleManifests(`base/${name}`)),
    ...operatorObjects('jewelry-shop-db'),
    { kind: 'ConfigMap', metadata: { name: 'nginx-conf' }, data: { 'nginx.conf': text('base/nginx.conf') } },
  ];
}

/** The overlay `lab`: its patch makes the Service of nginx a node port. */
export function exampleLab(): readonly Manifest[] {
  return exampleBase().map((manifest): Manifest => {
    if (manifest.kind !== 'Service' || manifest.metadata.name !== 'nginx') return manifest;
    const spec = structuredClone(manifest['spec']) as { ports: Record<string, unknown>[] };
    Object.assign(spec.ports[0] ?? {}, { nodePort: 30443 });
    return Object.assign({}, manifest, { spec });
  });
}
