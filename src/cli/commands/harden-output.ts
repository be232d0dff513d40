import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { overlayFiles } from '../../harden/overlay.ts';
import type { ShownMeasure } from '../../harden/harden-text.ts';
import { createFolder } from '../../record/durable-file.ts';
import { causeText } from '../../record/explained-error.ts';
import { UsageError } from '../errors.ts';

function notWritten(place: string, cause: string): UsageError {
  const next = 'Name a folder that is not there yet, or an empty one.';
  return new UsageError({ what: 'The patches were not written', cause, place, next });
}

/** Throws UsageError when the folder is not new: nothing of the user's is written over. */
export function checkOutput(folder: string): void {
  if (!existsSync(folder)) return;
  try {
    if (readdirSync(folder).length > 0) throw notWritten(folder, 'there is something in it');
  } catch (error) {
    throw error instanceof UsageError ? error : notWritten(folder, causeText(error));
  }
}

/** Writes the overlay, or the component without a base. Throws UsageError when it cannot be written. */
export function writeOverlay(
  output: string,
  {
    shown,
    namespace,
    base,
  }: { readonly shown: readonly ShownMeasure[]; readonly namespace: string; readonly base?: string },
): { readonly folder: string; readonly text: string } {
  const folder = path.resolve(output);
  const files = overlayFiles(shown, {
    namespace,
    base: base === undefined ? undefined : path.relative(folder, path.resolve(base)),
  });
  try {
    createFolder(folder);
    for (const [name, text] of Object.entries(files))
      writeFileSync(path.join(folder, name), text, { flag: 'wx' });
  } catch (error) {
    throw notWritten(folder, causeText(error));
  }
  const build = base === undefined ? 'name it under `components:`' : `kubectl kustomize ${output}`;
  return {
    folder,
    text: `Wrote ${Object.keys(files).length} files to ${folder}. Read harden.md, then: ${build}`,
  };
}
