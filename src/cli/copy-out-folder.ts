import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';

import { timeStamp } from '../domain/time-stamp.ts';
import { causeText } from '../record/explained-error.ts';
import { stateDirectory } from '../record/paths.ts';
import { UsageError } from './errors.ts';

/** The folder itself, or the nearest one above it that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

/** Where a folder is or would be, with every link resolved. */
function realPath(folder: string): string {
  const there = nearest(folder);
  return join(realpathSync(there), relative(there, folder));
}

function isInside(folder: string, outer: string): boolean {
  const path = relative(outer, folder);
  return path === '' || (path !== '..' && !path.startsWith('../') && !isAbsolute(path));
}

function unusable(place: string, cause: string): UsageError {
  return new UsageError({
    what: 'The folder of --copy-out cannot be used',
    cause,
    place,
    next: 'Name a folder of your own with enough room, for example --copy-out ./copies.',
  });
}

/**
 * The folder for what one run copies out, below the one that the user named; nothing is made yet. `now`: start of the run,
 * ms since the epoch. Throws UsageError for a folder that is none, cannot be made or written to, or is Rekindle's own.
 */
export function copyOutFolder(given: string, now: number): string {
  if (given === '') throw unusable('--copy-out', 'it has no name');
  const folder = realPath(resolve(given));
  const there = nearest(folder);
  if (!statSync(there).isDirectory()) throw unusable(there, 'it is no folder');
  if (isInside(folder, realPath(stateDirectory())))
    throw unusable(folder, 'it is inside the folder in which Rekindle keeps its own state');
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(there, causeText(error));
  }
  const run = join(folder, `rekindle-${timeStamp(now)}`);
  if (existsSync(run) && (!statSync(run).isDirectory() || readdirSync(run).length > 0))
    throw unusable(run, 'it is there already and not empty');
  return run;
}
