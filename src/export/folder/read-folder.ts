import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { parseAllDocuments } from 'yaml';

import { isFields, type Fields } from '../../harden/fields/fields.ts';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import { neededProgram, outputOf, ownPlaces, type ProgramPlaces } from '../programs.ts';
import { recordIn } from './write-folder.ts';
import type { ExportRecord } from './record.ts';

/** The folder holds nothing that could be compared. */
export class FolderUnreadable extends ExplainedError {
  override readonly name = 'FolderUnreadable';
}

/** The objects of a folder, as they would be applied. */
export interface FolderObjects {
  readonly objects: readonly Fields[];
  /** What the folder says of itself; undefined: it is a kustomization of somebody's own. */
  readonly record: ExportRecord | undefined;
}

const install =
  'Install kubectl (https://kubernetes.io/docs/tasks/tools/) or kustomize: they alone know what a kustomization means.';

function unreadable(place: string, cause: string): FolderUnreadable {
  return new FolderUnreadable({
    what: 'The folder cannot be compared',
    cause,
    place,
    next: 'Name a folder that `rekindle export --out` has written, or one with a kustomization.',
  });
}

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const isKustomization = (folder: string) => kustomizations.some((name) => existsSync(join(folder, name)));

/** Which kustomizations of the folder make the stack. */
function parts(folder: string, record: ExportRecord | undefined): readonly string[] {
  const named = record === undefined ? [folder] : [join(folder, 'overlays/local'), join(folder, 'secrets')];
  const found = named.filter((one) => isKustomization(one));
  if (found.length === 0) throw unreadable(folder, 'there is no kustomization in it');
  return found;
}

function objectsOf(text: string, place: string): readonly Fields[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw unreadable(place, error.message.split('\n', 1)[0] ?? '');
    const object: unknown = document.toJS();
    return isFields(object) && isFields(object['metadata']) ? [object] : [];
  });
}

/**
 * What the files of a folder come to, by `kubectl kustomize`, which asks no cluster. Throws FolderUnreadable, ProgramMissing,
 * ProgramFailed.
 */
export async function readFolder(
  given: string,
  { signal, places = ownPlaces() }: { readonly signal?: AbortSignal; readonly places?: ProgramPlaces } = {},
): Promise<FolderObjects> {
  const folder = resolve(given);
  const record = tried(folder, () => recordIn(folder));
  const program = neededProgram(['kubectl', 'kustomize'], places, install);
  const verb = program.endsWith('kustomize') ? 'build' : 'kustomize';
  const objects: Fields[] = [];
  for (const part of parts(folder, record)) {
    const text = await outputOf({ argv: [program, verb, part], signal });
    objects.push(...objectsOf(text, part));
  }
  for (const file of record?.apart ?? []) {
    const place = join(folder, ...file.split('/'));
    objects.push(
      ...objectsOf(
        tried(place, () => readFileSync(place, 'utf8')),
        place,
      ),
    );
  }
  return { objects, record };
}

function tried<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadable(place, causeText(error));
  }
}
