import { refText } from '../domain/object-ref.ts';
import type { Fields } from '../harden/fields/fields.ts';
import type { KubeObject } from '../ports/cluster.ts';
import { autoscaledBy, withoutAutoscaling } from './autoscaled.ts';
import { choose, isSecret, refOf, type ChosenSecret, type LeftOut } from './choose.ts';
import type { Definitions } from './definitions.ts';
import type { Files } from './folder/files.ts';
import { isCarried } from './folder/manifest-text.ts';
import {
  baseAndOverlay,
  looseFolder,
  plainFolder,
  type Folder,
  type Written,
} from './folder/kustomizations.ts';
import { readmeText } from './folder/readme.ts';
import { recordFile, recordText } from './folder/record.ts';
import { decisions, imagesOf, type Decision } from './local/decisions.ts';
import { localClasses } from './local/local-field.ts';
import { plainValues, refusePlainValues, type WrittenFile } from './plain-values.ts';
import type { SecretsMode, WriteSecret } from './secrets/secret-manifest.ts';
import type { Missing, Snapshot } from './snapshot.ts';
import { isBuiltIn } from './resource-kind.ts';
import { stripped } from './strip/strip.ts';

export interface ExportOptions {
  readonly mode: SecretsMode;
  readonly write: WriteSecret;
  /** Name of the ClusterSecretStore that `external` refers to. */
  readonly store: string;
  /** Whether definitions of custom resources are written as well. */
  readonly withDefinitions: boolean;
  /** Whether the value of a Secret may stand in plain in another object. */
  readonly allowPlain: boolean;
}

/** An object that is in the export. */
export interface Exported {
  readonly object: string;
  readonly file: string;
}

/** A whole export, in memory. */
export interface Export {
  readonly namespace: string;
  readonly files: Files;
  readonly exported: readonly Exported[];
  readonly leftOut: readonly LeftOut[];
  readonly missing: readonly Missing[];
  readonly decisions: readonly Decision[];
}

/** Kinds that have to be there before whatever refers to a Secret: they become Secrets. */
const becomeSecrets = new Set(['SealedSecret', 'ExternalSecret', 'SecretStore', 'ClusterSecretStore']);

const isEarly = ({ kind = '' }: KubeObject) => becomeSecrets.has(kind);

const asObject = (fields: Fields) => fields as unknown as KubeObject;

const operatorComment = `The database's operator makes this Secret with a new password where it is not there. The old password is in the database
too: before one is restored this must be there before the database is. For an empty database leave it out.`;

async function secretFolder(
  secrets: readonly ChosenSecret[],
  others: readonly Written[],
  { mode, write }: ExportOptions,
): Promise<Folder & { readonly written: readonly KubeObject[] }> {
  const own: Written[] = [];
  for (const secret of secrets) {
    const object = asObject(await write(secret));
    own.push({ object, ...(secret.isOfOperator && { comment: operatorComment }) });
  }
  const all = [...others, ...own];
  if (all.length === 0) return { files: {}, placed: [], written: [] };
  const how = { external: 'without values', sealed: 'sealed', sops: 'encrypted with sops' }[mode];
  const comment = `The Secrets of the stack, ${how}. They come before everything else.`;
  return { ...plainFolder('secrets', all, comment), written: own.map(({ object }) => object) };
}

/** Which kinds of other people's definitions the objects are of. */
function definitionsOf(objects: readonly KubeObject[], { kinds }: Snapshot): readonly string[] {
  const found = kinds.filter(
    ({ group, version, kind }) =>
      !isBuiltIn(`${group}/${version}`) &&
      objects.some((object) => object.kind === kind && object.apiVersion === `${group}/${version}`),
  );
  return found.map(({ kind, plural, group }) => `${kind} (${plural}.${group})`).sort();
}

/** What the files of an export are made of, for the text and the record. */
function describe(
  snapshot: Snapshot,
  options: ExportOptions,
  parts: {
    readonly main: Folder;
    readonly secrets: Folder;
    readonly objects: readonly KubeObject[];
    readonly written: readonly KubeObject[];
  },
) {
  const { namespace, missing, operators } = snapshot;
  const choice = choose(snapshot);
  const byHand = choice.leftOut.filter(({ comes }) => comes === 'by-hand');
  const ofOperator = new Set(
    choice.secrets.flatMap(({ object, isOfOperator }) => (isOfOperator ? [object.metadata.name] : [])),
  );
  // By the object itself: one of the stack's own may have any name.
  const own = new Set(parts.written);
  const written = parts.secrets.placed.filter(({ object }) => own.has(object));
  const makers = parts.secrets.placed.filter(({ object }) => !own.has(object));
  const open = decisions(parts.objects, namespace);
  const readme = readmeText({
    namespace,
    mode: options.mode,
    store: options.store,
    hasNamespaceFile: parts.main.placed.some(({ object }) => object.kind === 'Namespace'),
    secretFiles: written.map(({ file }) => file),
    makers: makers.map(({ object, file }) => ({ kind: object.kind ?? '', file })),
    ofOperator: written.flatMap(({ object, file }) => (ofOperator.has(object.metadata.name) ? [file] : [])),
    missing,
    leftOut: byHand,
    decisions: open,
    images: imagesOf(parts.objects),
    definitions: definitionsOf(parts.objects, snapshot),
    hasDefinitions: options.withDefinitions,
    operators,
  });
  return { readme, byHand, open };
}

/** The files with the objects that are in them. */
function filesOf(files: Files, placed: Folder['placed']): readonly WrittenFile[] {
  const objects = new Map(placed.map(({ file, object }) => [file, object]));
  return Object.entries(files).map(([file, text]) => ({ file, text, object: objects.get(file) }));
}

/**
 * Makes a whole export of what was read, in memory; only `write` may do anything outside. The same snapshot gives the same files.
 * Throws what `write` throws, and SecretInPlain.
 */
export async function makeExport(
  snapshot: Snapshot,
  definitions: Definitions,
  options: ExportOptions,
): Promise<Export> {
  const { namespace, around, operators } = snapshot;
  const missing = [...snapshot.missing, ...(options.withDefinitions ? definitions.missing : [])];
  const choice = choose(snapshot);
  const autoscaled = autoscaledBy(choice.wanted);
  const strip = (object: KubeObject) =>
    asObject(withoutAutoscaling(stripped(object, definitions.shapeOf(object)), autoscaled));
  const written = (objects: readonly KubeObject[]): readonly Written[] =>
    objects.map((object) => ({ object: strip(object) }));
  const wanted = written(choice.wanted.filter((object) => !isEarly(object)));
  const main = baseAndOverlay(wanted, written(choice.local), localClasses(around));
  const secrets = await secretFolder(choice.secrets, written(choice.wanted.filter(isEarly)), options);
  const crds = looseFolder('crds', options.withDefinitions ? written(definitions.objects) : []);
  const configurations = operators.flatMap(({ configuration }) => configuration ?? []);
  const operator = looseFolder('operator', written(configurations));
  const objects = [...main.placed, ...secrets.placed].map(({ object }) => object);
  const { readme, byHand, open } = describe({ ...snapshot, missing }, options, {
    main,
    secrets,
    objects,
    written: secrets.written,
  });
  const files: Files = {
    'README.md': readme,
    ...main.files,
    ...secrets.files,
    ...crds.files,
    ...operator.files,
  };
  const placed = [...main.placed, ...secrets.placed, ...crds.placed, ...operator.placed];
  if (!options.allowPlain)
    refusePlainValues(plainValues(snapshot.objects.filter(isSecret), filesOf(files, placed)));
  const apart = [...main.placed, ...secrets.placed].filter(({ object }) => !isCarried(object));
  const record = {
    namespace,
    apart: apart.map(({ file }) => file),
    secrets: options.mode,
    complete: missing.length === 0,
    missing: missing.map(({ what, why }) => ({ what, why })),
    leftOut: byHand.map(({ object, why }) => ({ object: refText(object), why })),
  };
  return {
    namespace,
    files: { ...files, [recordFile]: recordText(record, files) },
    exported: placed.map(({ object, file }) => ({ object: refText(refOf(object)), file })),
    leftOut: choice.leftOut,
    missing,
    decisions: open,
  };
}
