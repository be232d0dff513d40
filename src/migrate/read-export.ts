import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { parseAllDocuments } from 'yaml';

import { causeText } from '../record/explained-error.ts';
import { kustomize, type Built } from './kustomize.ts';
import { fieldsOf, hasNamespace, listOf, type Fields, type Manifest } from './manifest.ts';

/** What was read of an export, and what could not be: that is never taken for "not there". */
export interface ReadExport {
  readonly manifests: readonly Manifest[];
  /** One line each: the file, and why nothing is known of it. */
  readonly unread: readonly string[];
}

/** Fields of a kustomization that are understood here. Others change objects in ways that are not looked at. */
const understood = new Set([
  'apiVersion',
  'configMapGenerator',
  'generatorOptions',
  'kind',
  'metadata',
  'namespace',
  'resources',
]);

/** Fields of a generator of ConfigMaps that are understood here (kubectl.docs.kubernetes.io, configMapGenerator). */
const ofGenerator = new Set(['env', 'envs', 'files', 'literals', 'name', 'namespace', 'options']);

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Names become names of files and words of commands: none that Kubernetes would refuse (RBAC's may have colons). */
function isNamed({ kind, metadata: { name, namespace = 'default' } }: Manifest): boolean {
  return (
    /^[a-zA-Z0-9]+$/.test(kind) &&
    /^[a-zA-Z0-9:._-]+$/.test(name) &&
    !/^\.+$/.test(name) &&
    /^[a-z0-9-]+$/.test(namespace)
  );
}

const pairs = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** `NAME=value` in two. */
function variable(entry: string): readonly [string, string] {
  const at = entry.indexOf('=');
  return [entry.slice(0, at), entry.slice(at + 1)];
}

/** Reads with a memory of what could not be read. */
class Reader {
  readonly unread: string[] = [];
  /** Something was met that only Kustomize itself understands. */
  needsKustomize = false;
  readonly #root: string;
  readonly #seen = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  #tell(file: string, why: string): void {
    this.unread.push(`${path.relative(this.#root, file) || '.'}: ${why}`);
  }

  documents(file: string): readonly Fields[] {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      this.#tell(file, causeText(error));
      return [];
    }
    return parseAllDocuments(text).flatMap((document) => {
      const [problem] = document.errors;
      if (problem !== undefined) {
        this.#tell(file, problem.message.split('\n')[0] ?? 'it is not YAML');
        return [];
      }
      const value: unknown = document.toJS();
      if (value === null) return [];
      const { kind, items } = fieldsOf(value);
      return kind === 'List' ? listOf(items) : [fieldsOf(value)];
    });
  }

  objects(file: string): readonly Manifest[] {
    return this.documents(file).flatMap((fields) => this.objectsOf(fields, file));
  }

  objectsOf(value: unknown, from: string): readonly Manifest[] {
    const fields = fieldsOf(value);
    const { apiVersion, kind } = fields;
    const name = fieldsOf(fields['metadata'])['name'];
    const isObject = [apiVersion, kind, name].every((part) => typeof part === 'string' && part !== '');
    if (isObject && !isNamed(fields as Manifest)) {
      this.#tell(from, 'an object has a name that Kubernetes does not take');
      return [];
    }
    if (isObject) return [fields as Manifest];
    this.#tell(from, 'a document is no Kubernetes object (apiVersion, kind and metadata.name)');
    return [];
  }

  folder(folder: string): readonly Manifest[] {
    if (this.#seen.has(folder)) return [];
    this.#seen.add(folder);
    const file = kustomizations.map((name) => path.join(folder, name)).find((name) => existsSync(name));
    if (file === undefined) {
      this.#tell(folder, 'there is no kustomization.yaml');
      return [];
    }
    const [kustomization = {}] = this.documents(file);
    for (const key of Object.keys(kustomization))
      if (!understood.has(key)) {
        this.needsKustomize = true;
        this.#tell(file, `its ${key} are not understood here, and what they change was not looked at`);
      }
    const objects = [
      ...(Array.isArray(kustomization['resources']) ? kustomization['resources'] : []).flatMap((name) =>
        this.#resource(folder, String(name)),
      ),
      ...listOf(kustomization['configMapGenerator']).map((fields) => this.#configMap(folder, fields, file)),
    ];
    const namespace = kustomization['namespace'];
    return typeof namespace === 'string' ? objects.map((one) => inNamespace(one, namespace)) : objects;
  }

  #resource(folder: string, name: string): readonly Manifest[] {
    const place = path.resolve(folder, name);
    if (!existsSync(place)) {
      this.#tell(place, 'it is not there (a remote resource is not fetched)');
      return [];
    }
    return statSync(place).isDirectory() ? this.folder(place) : this.objects(place);
  }

  #configMap(folder: string, generator: Fields, from: string): Manifest {
    const { name, namespace, files, literals, envs, env } = generator;
    for (const key of Object.keys(generator))
      if (!ofGenerator.has(key)) {
        this.needsKustomize = true;
        this.#tell(from, `${key} of its configMapGenerator is not understood here`);
      }
    const fromFiles = pairs(files).map((entry): readonly [string, string] => {
      const [key = '', given] = entry.split('=');
      const text = this.#text(path.resolve(folder, given ?? key));
      return [given === undefined ? path.basename(key) : key, text];
    });
    const lists = [...pairs(envs), ...(typeof env === 'string' ? [env] : [])];
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: String(name), ...(typeof namespace === 'string' && { namespace }) },
      data: Object.fromEntries([
        ...fromFiles,
        ...lists.flatMap((list) => this.#variables(path.resolve(folder, list))),
        ...pairs(literals).map(variable),
      ]),
    };
  }

  /** Lines `NAME=value` of a file; a name alone takes its value from whoever builds, which is nobody here. */
  #variables(file: string): readonly (readonly [string, string])[] {
    const lines = this.#text(file)
      .split(/\r?\n/)
      .map((line) => line.trimStart())
      .filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines)
      if (!line.includes('='))
        this.#tell(file, `${line} has no value here: Kustomize takes it from its environment`);
    return lines.filter((line) => line.includes('=')).map(variable);
  }

  #text(file: string): string {
    try {
      return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
    } catch (error) {
      this.#tell(file, causeText(error));
      return '';
    }
  }
}

function inNamespace(manifest: Manifest, namespace: string): Manifest {
  if (manifest.kind === 'Namespace')
    return { ...manifest, metadata: { ...manifest.metadata, name: namespace } };
  if (!hasNamespace(manifest.kind)) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

const order = ({ apiVersion, kind, metadata: { namespace = '', name } }: Manifest) =>
  `${namespace}\n${kind}\n${name}\n${apiVersion}`;

const sort = (list: readonly Manifest[]) => list.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));

/** An export that Kustomize itself has built. */
function builtExport(text: string): ReadExport {
  const reader = new Reader('');
  const manifests = parseAllDocuments(text).flatMap((document) =>
    reader.objectsOf(document.toJS(), 'kubectl kustomize'),
  );
  return { manifests, unread: reader.unread };
}

/**
 * Reads the objects of an export: of its `overlays/local`, which is how they ran, or of `base`, or of the folder itself; and its
 * `secrets`, which are in no other folder.
 * A kustomization with patches and the like is built by `build`; where that cannot be, what was not understood is told.
 * Throws the system's error when the folder cannot be read.
 */
export async function readExport(
  folder: string,
  build: (folder: string) => Promise<Built> = kustomize,
): Promise<ReadExport> {
  const root = path.resolve(folder);
  statSync(root);
  const start = ['overlays/local', 'base', '.']
    .map((name) => path.join(root, name))
    .find((place) => kustomizations.some((name) => existsSync(path.join(place, name))));
  const reader = new Reader(root);
  const hasSecrets =
    start !== root && kustomizations.some((name) => existsSync(path.join(root, 'secrets', name)));
  const secrets = hasSecrets ? reader.folder(path.join(root, 'secrets')) : [];
  const manifests = [...reader.folder(start ?? root), ...secrets];
  if (!reader.needsKustomize) return { manifests: sort(manifests), unread: reader.unread };
  const built = await build(start ?? root);
  if ('why' in built) return { manifests: sort(manifests), unread: [...reader.unread, built.why] };
  const whole = builtExport(built.text);
  return { manifests: sort([...whole.manifests, ...secrets]), unread: whole.unread };
}
