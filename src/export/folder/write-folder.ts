import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import process from 'node:process';

import { syncFolder, writeNewFile } from '../../record/durable-file.ts';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import type { Files } from './files.ts';
import { digestsOf, parseRecord, recordFile, type ExportRecord } from './record.ts';

/** The folder is somebody's, or holds something that the export would destroy. */
export class FolderRefused extends ExplainedError {
  override readonly name = 'FolderRefused';
}

/** The files could not be written; what was there is there. */
export class FolderNotWritten extends ExplainedError {
  override readonly name = 'FolderNotWritten';
}

function refused(place: string, cause: string, next: string): FolderRefused {
  return new FolderRefused({ what: 'The export was not written', cause, place, next });
}

/** Every file below a folder, with slashes; a link or a device is one too. */
function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** The record of the export that is in a folder; undefined: there is none. Throws the system's error. */
export function recordIn(folder: string): ExportRecord | undefined {
  const file = join(folder, recordFile);
  return existsSync(file) ? parseRecord(readFileSync(file, 'utf8')) : undefined;
}

const shown = (names: readonly string[]) =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

/** Whether the folder may be replaced as a whole: an export of ours, and nobody has changed anything in it. */
function checkOwn(folder: string, record: ExportRecord): void {
  const there = filesBelow(folder).filter((name) => name !== recordFile);
  const others = there.filter((name) => record.files[name] === undefined);
  if (others.length > 0)
    throw refused(
      folder,
      `there are files that no export wrote: ${shown(others)}`,
      'Keep them beside the folder, not in it, or export into a new one.',
    );
  const texts = Object.fromEntries(there.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const changed = Object.entries(digestsOf(texts)).flatMap(([name, digest]) =>
    record.files[name] === digest ? [] : [name],
  );
  if (changed.length > 0)
    throw refused(
      folder,
      `somebody has changed ${shown(changed)} since it was written`,
      'Export into a new folder and compare, or keep your changes in an overlay beside this one.',
    );
}

/** Where the old export stands for the moment between two renames. */
const beforeName = (folder: string) => `${folder}.${process.pid}.before`;

/** An export that was ended between its two renames left the old one beside its place. */
function putBack(folder: string): void {
  const parent = dirname(folder);
  if (existsSync(folder) || !existsSync(parent)) return;
  const pattern = /^\.\d+\.before$/;
  const left = readdirSync(parent).find(
    (name) =>
      name.startsWith(basename(folder)) &&
      pattern.test(name.slice(basename(folder).length)) &&
      recordIn(join(parent, name)) !== undefined,
  );
  if (left !== undefined) renameSync(join(parent, left), folder);
}

/** What is known of the folder that shall be written. */
export interface Target {
  readonly folder: string;
  /** The export that is there now. */
  readonly before: ExportRecord | undefined;
}

/**
 * Looks whether an export may be written to this folder: it is not there, empty, or an export of ours that nobody has changed.
 * Throws FolderRefused.
 */
export function checkTarget(given: string): Target {
  const folder = resolve(given);
  try {
    putBack(folder);
    if (!existsSync(folder)) return { folder, before: undefined };
    if (!lstatSync(folder).isDirectory())
      throw refused(folder, 'it is no folder', 'Name a folder that is not there yet.');
    const record = recordIn(folder);
    if (record !== undefined) checkOwn(folder, record);
    else if (readdirSync(folder).length > 0)
      throw refused(folder, 'there is something in it, and it is no export', 'Name a folder of its own.');
    return { folder, before: record };
  } catch (error) {
    if (error instanceof FolderRefused) throw error;
    throw refused(folder, causeText(error), 'Name a folder that you may read and write.');
  }
}

/** Writes all files into a new folder and waits until they are on disk. */
function fill(folder: string, files: Files): void {
  mkdirSync(folder, { recursive: true });
  const folders = new Set([folder]);
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, ...name.split('/'));
    mkdirSync(dirname(file), { recursive: true });
    folders.add(dirname(file));
    writeNewFile(file, text, 0o644);
  }
  for (const one of folders) syncFolder(one);
}

/**
 * Writes an export: all of it is written beside the folder and comes into place by a rename, so that a reader, a kill or a loss of power
 * finds the old one or the new one. Between two renames the old one stands beside its place, and `checkTarget` puts it back. Throws FolderNotWritten.
 */
export function writeFolder({ folder }: Target, files: Files): void {
  const part = `${folder}.${process.pid}.part`;
  const before = beforeName(folder);
  try {
    rmSync(part, { recursive: true, force: true });
    fill(part, files);
    const isThere = existsSync(folder);
    if (isThere) renameSync(folder, before);
    renameSync(part, folder);
    syncFolder(dirname(folder));
    if (isThere) rmSync(before, { recursive: true, force: true });
  } catch (error) {
    if (!existsSync(folder) && existsSync(before)) renameSync(before, folder);
    throw new FolderNotWritten({
      what: 'The export was not written',
      cause: causeText(error),
      place: folder,
      next: 'Make room, or name another folder with --out; what was there before is still there.',
    });
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
