import { Conflict } from '../../src/adapters/kubernetes/errors.ts';
import type { ClusterReader, ClusterWriter, KubeObject } from '../../src/ports/cluster.ts';

type Json = Readonly<Record<string, unknown>>;
type Path = readonly string[];

const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys of the lists that the tests use (listMapKey of k8s.io/api). */
const listKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  ports: ['containerPort', 'protocol'],
};

/** What names an object; nobody owns it. */
const identity = new Set(['.apiVersion', '.kind', '.metadata.name', '.metadata.namespace', '.metadata.uid']);

/** One field or item with its value: `f:spec`, `k:{"name":"web"}`. */
interface Leaf {
  readonly path: Path;
  readonly value: unknown;
}

function itemStep(list: string, item: unknown): string | undefined {
  const keys = listKeys[list];
  if (keys === undefined || !isMap(item)) return undefined;
  const defaults: Json = { protocol: 'TCP' };
  return `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, item[key] ?? defaults[key]])))}`;
}

/** Every leaf of a configuration; of an item of a list also the item itself (`.`). */
function leaves(value: unknown, path: Path, name = ''): readonly Leaf[] {
  if (isMap(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path.concat(`f:${key}`), key));
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const steps = items.flatMap((item) => itemStep(name, item) ?? []);
  if (items.length === 0 || steps.length < items.length) return [{ path, value }];
  return steps.flatMap((step, index) =>
    [{ path: path.concat(step, '.'), value: undefined } as Leaf].concat(
      leaves(items[index], path.concat(step)),
    ),
  );
}

const textOf = (path: Path) => path.join(' ');

const shownPath = (path: Path) =>
  path.map((step) => (step.startsWith('f:') ? `.${step.slice(2)}` : `[${step.slice(2)}]`)).join('');

function ownable(config: Json): readonly Leaf[] {
  return leaves(config, []).filter(({ path }) => !identity.has(shownPath(path)));
}

/** FieldsV1 of these paths. */
function treeOf(paths: readonly Path[]): Json {
  const root: Record<string, unknown> = {};
  for (const path of paths) {
    let place = root;
    for (const step of path) {
      place[step] ??= {};
      place = place[step] as Record<string, unknown>;
    }
  }
  return root;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((found, step) => {
    if (step === '.') return found;
    if (step.startsWith('f:')) return isMap(found) ? found[step.slice(2)] : undefined;
    const wanted = JSON.parse(step.slice(2)) as Json;
    const isWanted = (item: unknown) =>
      isMap(item) && Object.entries(wanted).every(([key, part]) => (item[key] ?? 'TCP') === part);
    return Array.isArray(found) ? (found as readonly unknown[]).find(isWanted) : undefined;
  }, value);
}

function parentOf(
  object: Json,
  path: Path,
  create: boolean,
): Record<string, unknown> | unknown[] | undefined {
  let place: unknown = object;
  for (const [index, step] of path.slice(0, -1).entries()) {
    let next = at(place, [step]);
    if (next === undefined) {
      if (!create) return undefined;
      next = path[index + 1]?.startsWith('k:') === true ? [] : {};
      if (step.startsWith('k:'))
        (place as unknown[]).push((next = { ...(JSON.parse(step.slice(2)) as Json) }));
      else (place as Record<string, unknown>)[step.slice(2)] = next;
    }
    place = next;
  }
  return place as Record<string, unknown> | unknown[];
}

function set(object: Json, { path, value }: Leaf): void {
  const last = path.at(-1) ?? '';
  const parent = parentOf(object, path, true);
  if (last.startsWith('f:')) (parent as Record<string, unknown>)[last.slice(2)] = structuredClone(value);
}

function remove(object: Json, path: Path): void {
  const last = path.at(-1) ?? '';
  if (last === '.') {
    const list = parentOf(object, path.slice(0, -1), false) as unknown[] | undefined;
    const item = at(object, path.slice(0, -1));
    if (Array.isArray(list) && list.includes(item)) list.splice(list.indexOf(item), 1);
    prune(object, path.slice(0, -2));
    return;
  }
  const parent = parentOf(object, path, false);
  if (!Array.isArray(parent) && parent !== undefined) delete parent[last.slice(2)];
  prune(object, path.slice(0, -1));
}

/** Maps and lists that became empty go with what was in them. */
function prune(object: Json, path: Path): void {
  if (path.length === 0) return;
  const value = at(object, path);
  const isEmpty = Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;
  if (isEmpty && path.at(-1)?.startsWith('f:') === true) remove(object, path);
}

interface Kept {
  readonly object: KubeObject;
  readonly managers: ReadonlyMap<string, ReadonlyMap<string, Path>>;
}

type Managers = Kept['managers'];

function newObject(path: string, { apiVersion, kind, metadata }: Json): KubeObject {
  return { apiVersion, kind, metadata: { ...(metadata as Json), uid: `uid-of-${path}` } } as KubeObject;
}

/** A uid in a configuration names the very object. */
function refuseOther(path: string, fields: Json, { metadata }: KubeObject): void {
  const { uid } = fields['metadata'] as { uid?: string };
  if (uid !== undefined && uid !== metadata.uid) throw conflict(path, 'the uid differs');
}

/** Who has set this field to another value. */
function clashesOf(object: Json, { path, value }: Leaf, others: Managers): readonly string[] {
  const there = at(object, path);
  const isSame = JSON.stringify(there) === JSON.stringify(value);
  if (path.at(-1) === '.' || there === undefined || isSame) return [];
  return [...others]
    .filter(([, paths]) => paths.has(textOf(path)))
    .map(([name]) => `conflict with "${name}": ${shownPath(path)}`);
}

/** What a manager had, leaves out now and nobody else wants; the deepest first: an item goes when its fields are gone. */
function dropped(
  own: ReadonlyMap<string, Path>,
  now: ReadonlyMap<string, Path>,
  others: Managers,
): readonly Path[] {
  const isWanted = (text: string) => now.has(text) || [...others.values()].some((paths) => paths.has(text));
  return [...own]
    .flatMap(([text, path]) => (isWanted(text) ? [] : [path]))
    .sort((a, b) => b.length - a.length);
}

/**
 * Objects with fields that managers own, as an API server keeps them: apply sets what is in the configuration, takes away what
 * the same manager had before and nobody else wants, and refuses what another has set to another value.
 */
export class AppliedObjects
  implements Pick<ClusterWriter, 'apply' | 'deleteObject'>, Pick<ClusterReader, 'get'>
{
  readonly #kept = new Map<string, Kept>();
  #version = 0;

  /** Puts an object there as `kubectl apply` does: that manager owns every field of it. */
  put(
    path: string,
    object: Omit<KubeObject, 'metadata'> & { readonly metadata: object },
    manager = 'kubectl',
  ): void {
    const owned = new Map(ownable(object as Json).map((leaf) => [textOf(leaf.path), leaf.path]));
    const own = new Map([[manager, owned]]);
    this.#keep(path, structuredClone(object) as unknown as KubeObject, own);
  }

  get paths(): readonly string[] {
    return [...this.#kept.keys()];
  }

  get(path: string): Promise<KubeObject | undefined> {
    return Promise.resolve(structuredClone(this.#kept.get(path)?.object));
  }

  /** Changes the status as a controller does: nobody's generation grows. */
  setStatus(path: string, status: Json): void {
    const kept = this.#kept.get(path);
    if (kept !== undefined) Object.assign(kept.object, { status });
  }

  async apply({
    path,
    manager = 'rekindle',
    object: fields,
    dryRun = false,
  }: Parameters<ClusterWriter['apply']>[0]): Promise<KubeObject> {
    const kept = this.#kept.get(path);
    const object = structuredClone(kept?.object ?? newObject(path, fields));
    refuseOther(path, fields, object);
    const managers = new Map(kept?.managers);
    const own = managers.get(manager) ?? new Map<string, Path>();
    managers.delete(manager);
    const wanted = ownable(fields);
    const clashes = wanted.flatMap((leaf) => clashesOf(object, leaf, managers));
    if (clashes.length > 0) throw conflict(path, clashes.join(', '));
    const before = JSON.stringify(object['spec']);
    const now = new Map(wanted.map((leaf) => [textOf(leaf.path), leaf.path]));
    for (const gone of dropped(own, now, managers)) remove(object, gone);
    for (const leaf of wanted) set(object, leaf);
    if (now.size > 0) managers.set(manager, now);
    if (dryRun) return object;
    const isChanged = before !== JSON.stringify(object['spec']);
    return Promise.resolve(structuredClone(this.#keep(path, object, managers, isChanged).object));
  }

  deleteObject({ path, uid, version }: Parameters<ClusterWriter['deleteObject']>[0]): Promise<void> {
    const kept = this.#kept.get(path);
    if (kept === undefined) return Promise.resolve();
    const { metadata } = kept.object;
    if (metadata.uid !== uid || (version !== undefined && metadata.resourceVersion !== version))
      return Promise.reject(conflict(path, 'it was changed'));
    this.#kept.delete(path);
    return Promise.resolve();
  }

  #keep(path: string, object: KubeObject, managers: Kept['managers'], isChanged = true): Kept {
    this.#version += 1;
    const metadata = object.metadata as { generation?: number };
    const managedFields = [...managers].map(([manager, paths]) => ({
      manager,
      operation: manager === 'kubectl' ? 'Update' : 'Apply',
      fieldsV1: treeOf([...paths.values()]),
    }));
    Object.assign(object.metadata, {
      uid: object.metadata.uid ?? `uid-of-${path}`,
      resourceVersion: String(this.#version),
      generation: (metadata.generation ?? 0) + (isChanged ? 1 : 0),
      managedFields,
    });
    const kept = { object, managers };
    this.#kept.set(path, kept);
    return kept;
  }
}

function explained(place: string, cause: string) {
  return { what: 'The object is not the one that was meant', cause, place, next: 'Look again.' };
}

function conflict(place: string, cause: string): Conflict {
  return new Conflict(explained(place, cause));
}
