import type { Fields } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { splitLocal, type LocalPatch } from '../local/split-local.ts';
import type { LocalClasses } from '../local/local-field.ts';
import { fileNames, inOrder } from './file-names.ts';
import { under, type Files } from './files.ts';
import { isCarried, manifestText } from './manifest-text.ts';

/** An object as it goes into an export. */
export interface Written {
  readonly object: KubeObject;
  readonly comment?: string;
}

/** A folder of files, and which object is in which. */
export interface Folder {
  readonly files: Files;
  readonly placed: readonly (Written & { readonly file: string })[];
}

function kustomization(comment: string, parts: Fields): string {
  const head = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  return manifestText({ ...head, ...parts }, comment);
}

/** A folder with one file for each object and a kustomization over them. */
export function plainFolder(folder: string, entries: readonly Written[], comment: string): Folder {
  const named = fileNames(inOrder(entries));
  const files = Object.fromEntries(
    named.map(({ object, file, comment: own }) => [file, manifestText(object, own)]),
  );
  const resources = named.filter(({ object }) => isCarried(object)).map(({ file }) => file);
  return {
    files: under(folder, { ...files, 'kustomization.yaml': kustomization(comment, { resources }) }),
    placed: named.map((entry) => Object.assign({}, entry, { file: `${folder}/${entry.file}` })),
  };
}

const baseComment = `The stack as it is wanted, for any cluster. What fits a local cluster only is in overlays/local.
Secrets are in secrets/, which comes first.`;

const localComment = `The stack as it runs in the local cluster: the base, and what fits only there. Each patch says why.`;

/** Names in targets are patterns (kustomize, patches), in which a dot would stand for anything. */
const pattern = (name: string) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function targetOf({ apiVersion = '', kind, metadata }: KubeObject): Fields {
  const [first = '', second] = apiVersion.split('/', 2);
  const group = second === undefined ? {} : { group: first };
  const { name, namespace } = metadata;
  return {
    ...group,
    version: second ?? first,
    kind,
    name: pattern(name),
    ...(namespace !== undefined && { namespace: pattern(namespace) }),
  };
}

function patchText(patches: readonly LocalPatch[]): string {
  const reasons = [...new Set(patches.map(({ why }) => why))];
  return reasons
    .map((reason) => {
      const operations = patches.filter(({ why }) => why === reason).flatMap(({ operations: own }) => own);
      return manifestText(operations, reason);
    })
    .join('');
}

/** The base for any cluster and the overlay that makes this cluster's stack of it. */
export function baseAndOverlay(
  entries: readonly Written[],
  local: readonly Written[],
  classes: LocalClasses,
): Folder {
  const split = entries.map(({ object, ...rest }) => {
    const { base, patches } = splitLocal(object, classes);
    return Object.assign({}, rest, { object: base as unknown as KubeObject, patches });
  });
  const base = plainFolder('base', split, baseComment);
  const patched = fileNames(inOrder(split)).filter(({ patches }) => patches.length > 0);
  const own = fileNames(inOrder(local));
  const overlay: Files = {
    ...Object.fromEntries(own.map(({ object, file, comment }) => [file, manifestText(object, comment)])),
    ...Object.fromEntries(patched.map(({ file, patches }) => [`patch-${file}`, patchText(patches)])),
    'kustomization.yaml': kustomization(localComment, {
      resources: ['../../base', ...own.map(({ file }) => file)],
      ...(patched.length > 0 && {
        patches: patched.map(({ object, file }) => ({ path: `patch-${file}`, target: targetOf(object) })),
      }),
    }),
  };
  return {
    files: { ...base.files, ...under('overlays/local', overlay) },
    placed: [
      ...base.placed,
      ...own.map((entry) => Object.assign({}, entry, { file: `overlays/local/${entry.file}` })),
    ],
  };
}

/** A folder of files without a kustomization: to be read, not applied as a whole. */
export function looseFolder(folder: string, entries: readonly Written[]): Folder {
  const named = fileNames(inOrder(entries));
  return {
    files: Object.fromEntries(
      named.map(({ object, file, comment }) => [`${folder}/${file}`, manifestText(object, comment)]),
    ),
    placed: named.map((entry) => Object.assign({}, entry, { file: `${folder}/${entry.file}` })),
  };
}
