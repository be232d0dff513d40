import { fieldsOf, nameOf, valueAt, type FieldPath, type Manifest } from './manifest.ts';
import { applyEdit, type Edit } from './edit.ts';
import type { SettingName } from './settings.ts';

/** Something of the local cluster that was rewritten for the target: what a person reviews. */
export interface Change {
  /** The rule that did it. */
  readonly rule: string;
  readonly object: string;
  /** The field, as a person would name it. */
  readonly where: string;
  readonly before: string;
  readonly after: string;
  readonly why: string;
}

/** Something that only a person can decide or do. */
export interface Task {
  readonly rule: string;
  readonly object: string;
  readonly what: string;
  /** The next move, with a command where there is one. */
  readonly how: string;
}

/** A field that gets its value from the settings of the target when the overlay is built. */
export interface Fill {
  readonly setting: SettingName;
  readonly object: Manifest;
  readonly path: FieldPath;
  /** Only this part of the text, cut at the delimiter; the whole value without it. */
  readonly part?: { readonly delimiter: string; readonly index: number };
}

/** One object of the stack on its way to the target. */
export interface Entry {
  /** As it stands in the base; undefined for an object that is new on the target. */
  readonly base?: Manifest;
  /** As it is after the rules so far. */
  current: Manifest;
  /** From the base to here, in order. */
  readonly edits: Edit[];
  /** Why it is not on the target. */
  dropped?: string;
  /** Why it is there, for a new object. */
  readonly added?: string;
}

/** A file of the overlay that a person puts there: an output of the infrastructure program, or what a command fetches. */
export interface OverlayFile {
  readonly configMap: string;
  readonly namespace: string;
  readonly key: string;
  readonly file: string;
  readonly from: { readonly output: string } | { readonly command: string };
}

/** What a pod of the stack may do in the cloud, by workload identity. */
export interface Grant {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly may: 'write-uploads' | 'write-backups' | 'read-secrets';
}

/** Longest value that is shown in the table, characters. */
const longestShown = 140;

/** A value as one short line. */
export function shown(value: unknown): string {
  if (value === undefined) return '(not set)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown - 1)}…` : text;
}

/** `spec.containers[0].image`. */
export function pathText(path: FieldPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}

const same = (one: Manifest, other: Manifest) =>
  one.apiVersion === other.apiVersion && nameOf(one) === nameOf(other);

/** The stack while the rules rewrite it, one after the other: each sees what those before it have made. No I/O. */
export class Bench {
  readonly entries: Entry[];
  readonly changes: Change[] = [];
  readonly tasks: Task[] = [];
  readonly fills: Fill[] = [];
  readonly grants: Grant[] = [];
  /** Names of secrets that the target's secret store must hold. */
  readonly storedSecrets = new Set<string>();
  /** ConfigMaps whose text is a file that is not of this program. */
  readonly files: OverlayFile[] = [];
  /** Claims of shared files, by namespace and name of the volume: workloads that share a volume's name share its files. */
  readonly claims = new Map<string, string>();
  /** Workloads whose pods share files on the target. */
  readonly sharing = new Set<string>();
  /** Images that have to be pushed: as they are called here, and their name and tag on the target. */
  readonly images = new Map<string, string>();

  constructor(manifests: readonly Manifest[]) {
    this.entries = manifests.map((base) => ({ base, current: structuredClone(base), edits: [] }));
  }

  /** The objects that are on the target as things stand. */
  objects(kind?: string): readonly Manifest[] {
    return this.entries
      .filter(({ dropped }) => dropped === undefined)
      .map(({ current }) => current)
      .filter((manifest) => kind === undefined || manifest.kind === kind);
  }

  find(kind: string, name: string, namespace?: string): Manifest | undefined {
    return this.objects(kind).find(
      ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
    );
  }

  /** Sets the field; a row of the table for an object of the base. `before` shows something else than what stands there. */
  set(
    object: Manifest,
    path: FieldPath,
    value: unknown,
    row: { readonly rule: string; readonly why: string; readonly before?: string; readonly after?: string },
  ): void {
    this.#edit(object, { op: 'set', path, value }, row);
  }

  /** Takes the field away, with a row of the table. Nothing happens where there is none. */
  remove(
    object: Manifest,
    path: FieldPath,
    row: { readonly rule: string; readonly why: string; readonly before?: string; readonly after?: string },
  ): void {
    if (valueAt(this.#entry(object).current, path) === undefined) return;
    this.#edit(object, { op: 'remove', path }, { after: '(removed)', ...row });
  }

  /** The object is not on the target. */
  drop(
    object: Manifest,
    row: { readonly rule: string; readonly why: string; readonly after?: string },
  ): void {
    const entry = this.#entry(object);
    entry.dropped = row.why;
    this.changes.push({
      rule: row.rule,
      object: nameOf(object),
      where: '(the object)',
      before: object.apiVersion,
      after: row.after ?? '(not on the target)',
      why: row.why,
    });
  }

  /** A new object of the target. */
  add(object: Manifest, row: { readonly rule: string; readonly why: string }): void {
    if (this.objects().some((other) => same(other, object))) return;
    this.entries.push({ current: object, edits: [], added: row.why });
    this.changes.push({
      rule: row.rule,
      object: nameOf(object),
      where: '(the object)',
      before: '(none)',
      after: object.apiVersion,
      why: row.why,
    });
  }

  /** The field takes the setting's value when the overlay is built. */
  fill(setting: SettingName, object: Manifest, path: FieldPath, part?: Fill['part']): void {
    const isThere = this.fills.some(
      (fill) => same(fill.object, object) && pathText(fill.path) === pathText(path),
    );
    if (isThere) return;
    this.fills.push({ setting, object, path, ...(part !== undefined && { part }) });
  }

  task(rule: string, object: Manifest | string, what: string, how: string): void {
    const row = { rule, object: typeof object === 'string' ? object : nameOf(object), what, how };
    const isTold = this.tasks.some((other) => other.object === row.object && other.what === row.what);
    if (!isTold) this.tasks.push(row);
  }

  grant(grant: Grant): void {
    const isGiven = this.grants.some(
      (other) =>
        other.may === grant.may &&
        other.namespace === grant.namespace &&
        other.serviceAccount === grant.serviceAccount,
    );
    if (!isGiven) this.grants.push(grant);
  }

  /** As it is now, after whatever was edited since it was read. */
  now(object: Manifest): Manifest {
    return this.#entry(object).current;
  }

  #entry(object: Manifest): Entry {
    const found = this.entries.find(({ current }) => same(current, object));
    if (found === undefined) throw new Error(`${nameOf(object)} is not on the bench`);
    return found;
  }

  #edit(
    object: Manifest,
    wanted: { readonly op: 'set' | 'remove'; readonly path: FieldPath; readonly value?: unknown },
    row: { readonly rule: string; readonly why: string; readonly before?: string; readonly after?: string },
  ): void {
    const entry = this.#entry(object);
    const was = valueAt(entry.current, wanted.path);
    const edit: Edit = { ...wanted, why: `${row.rule}: ${row.why}`, ...(was !== undefined && { was }) };
    entry.current = applyEdit(entry.current, edit);
    if (entry.base === undefined) return;
    entry.edits.push(edit);
    this.changes.push({
      rule: row.rule,
      object: nameOf(object),
      where: pathText(wanted.path),
      before: row.before ?? shown(was),
      after: row.after ?? shown(wanted.value),
      why: row.why,
    });
  }
}

/** Annotations of an object; none where it has none. */
export function annotationsOf(manifest: Manifest): Readonly<Record<string, string>> {
  return fieldsOf(manifest.metadata.annotations) as Record<string, string>;
}
